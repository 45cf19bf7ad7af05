ALTER TABLE `usage_events` ADD `engine_pages` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `usage_events_time` ON `usage_events` (`user_id`,`created_at`);--> statement-breakpoint
UPDATE `usage_events` SET `engine_pages` = (
	SELECT count(*) FROM `page_attempts`
	WHERE `usage_id` = `usage_events`.`id` AND `prompt_tokens` + `completion_tokens` > 0
);
