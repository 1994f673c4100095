// The one script of every page. Reading works without it; it adds what only a script can.
import { bindConfirm } from "./confirm";
import { watchFreshness } from "./freshness";
import { bindKeys } from "./keys";
import { bindLive } from "./live";
import { bindRefresh } from "./refresh";
import { bindTheme } from "./theme";
import { bindWeekly } from "./weekly";

bindTheme();
bindKeys();
bindRefresh();
watchFreshness();
bindLive();
bindConfirm();
bindWeekly();
