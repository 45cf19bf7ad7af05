DROP INDEX `usage_events_time`;--> statement-breakpoint
ALTER TABLE `usage_events` DROP COLUMN `engine_pages`;
