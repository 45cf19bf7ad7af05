import { describeEventLog } from "./event-log.conformance.ts";
import { MemoryEventLog } from "./event-log.ts";

describeEventLog("the event log in memory", (mostChars) => new MemoryEventLog(mostChars));
