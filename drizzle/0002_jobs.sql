CREATE TABLE `documents` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`name` text NOT NULL,
	`file_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`blob` text NOT NULL,
	`password` text,
	`pages` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `documents_user` ON `documents` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `documents_blob` ON `documents` (`blob`);--> statement-breakpoint
CREATE INDEX `documents_created` ON `documents` (`created_at`);--> statement-breakpoint
CREATE TABLE `job_pages` (
	`job_id` text NOT NULL,
	`page` integer NOT NULL,
	`state` text DEFAULT 'pending' NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`version` integer DEFAULT 0 NOT NULL,
	`error_code` text,
	`error_detail` text,
	`overrides` text,
	PRIMARY KEY(`job_id`, `page`),
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`document_id` text NOT NULL,
	`user_id` integer NOT NULL,
	`state` text DEFAULT 'queued' NOT NULL,
	`engine` text NOT NULL,
	`model` text NOT NULL,
	`prompt` text NOT NULL,
	`pages` integer NOT NULL,
	`usage_id` integer,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`document_id`) REFERENCES `documents`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`usage_id`) REFERENCES `usage_events`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `jobs_user` ON `jobs` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_document` ON `jobs` (`document_id`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_unfinished` ON `jobs` (`state`) WHERE state IN ('queued', 'running', 'paused');--> statement-breakpoint
CREATE TABLE `page_attempts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`usage_id` integer NOT NULL,
	`page` integer NOT NULL,
	`state` text DEFAULT 'open' NOT NULL,
	`completion_chars` integer DEFAULT 0 NOT NULL,
	`prompt_tokens` integer DEFAULT 0 NOT NULL,
	`completion_tokens` integer DEFAULT 0 NOT NULL,
	`estimated` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`closed_at` integer,
	FOREIGN KEY (`usage_id`) REFERENCES `usage_events`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `page_attempts_usage` ON `page_attempts` (`usage_id`,`page`);--> statement-breakpoint
CREATE INDEX `page_attempts_open` ON `page_attempts` (`state`) WHERE state = 'open';--> statement-breakpoint
CREATE TABLE `page_versions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`job_id` text NOT NULL,
	`page` integer NOT NULL,
	`version` integer NOT NULL,
	`origin` text NOT NULL,
	`engine` text NOT NULL,
	`model` text NOT NULL,
	`text` text NOT NULL,
	`lines` text,
	`confidence` real,
	`source` text,
	`finish_reason` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`job_id`,`page`) REFERENCES `job_pages`(`job_id`,`page`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `page_versions_page` ON `page_versions` (`job_id`,`page`,`version`);--> statement-breakpoint
CREATE VIRTUAL TABLE `page_search` USING fts5(
	owner, words, content='', contentless_delete=1, prefix='2 3 4',
	tokenize='unicode61 remove_diacritics 2'
);
