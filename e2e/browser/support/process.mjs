// How programs that tests start are ended: gently, then by force, and always with the children they made.
const GRACE = 30_000;

/** For `spawn`: the program leads a group of its own, so that its children end with it. */
export const LEADER = { detached: true };

/** Ends a program started with `LEADER`, and waits for that. One that is gone already is fine. */
export async function endProcess(child) {
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const ended = gone() ? Promise.resolve() : new Promise((resolve) => child.once("exit", resolve));
  signal(child, "SIGTERM");
  const force = setTimeout(() => signal(child, "SIGKILL"), GRACE);
  await ended;
  clearTimeout(force);
  signal(child, "SIGKILL"); // children that outlived it would hold our pipes open
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
