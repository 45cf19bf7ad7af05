DROP TABLE `page_search`;--> statement-breakpoint
DROP TABLE `page_versions`;--> statement-breakpoint
DROP TABLE `job_pages`;--> statement-breakpoint
DROP TABLE `jobs`;--> statement-breakpoint
DROP TABLE `documents`;--> statement-breakpoint
DROP TABLE `page_attempts`;
