// The one script of every page. Reading works without it; it adds what only a script can.
import { watchFreshness } from "./freshness";
import { bindKeys } from "./keys";
import { bindRefresh } from "./refresh";
import { bindTheme } from "./theme";

bindTheme();
bindKeys();
bindRefresh();
watchFreshness();
