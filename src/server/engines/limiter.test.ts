import { describeLimiter } from "./limiter.conformance.ts";
import { createLimiter } from "./limiter.ts";

describeLimiter("the limiter of one server", createLimiter);
