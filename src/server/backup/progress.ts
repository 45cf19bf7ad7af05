/** How far a backup or its restoration is. */
export interface BackupProgress {
  /** `database` is one step, which cannot say how far it is. */
  stage: "database" | "files" | "verify";
  /** Files. */
  done: number;
  all: number;
}

export type OnProgress = (progress: BackupProgress) => void;
