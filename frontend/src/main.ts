// The one script of every page. Reading works without it; it adds what only a script can.
import { bindConfirm } from "./confirm";
import { News } from "./events";
import { watchFreshness } from "./freshness";
import { bindHelp } from "./help";
import { bindKeys } from "./keys";
import { bindLive } from "./live";
import { showPlace } from "./nav";
import { bindPrint } from "./print";
import { bindRefresh } from "./refresh";
import { bindTheme } from "./theme";
import { bindWeekly } from "./weekly";
import { bindTryOut } from "./tryout";

bindTheme();
showPlace();
bindKeys();
bindHelp();
bindPrint();
// Strangers have nothing to listen to.
if (document.querySelector("[data-freshness]")) {
  const news = new News();
  bindRefresh(news);
  watchFreshness(news);
}
bindLive();
bindConfirm();
bindWeekly();
bindTryOut();
