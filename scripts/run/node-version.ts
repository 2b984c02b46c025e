/** Refuses a Node that is too old in one line, before anything stranger happens. Node 20 does not even get here: it runs no TypeScript. */

const NODE_MAJOR_MIN = 24;

/** @returns what to do, or null where `version` (as in `process.versions.node`) is new enough. */
export function remedyForNode(version: string, script: string): string | null {
  if (Number.parseInt(version, 10) >= NODE_MAJOR_MIN) return null;
  return `Node ${version} is too old for this script: run \`npm run ${script}\`, which brings Node ${NODE_MAJOR_MIN} along (after \`npm ci\`).`;
}

/** Ends the process with code 1 where Node is too old. */
export function refuseOldNode(script: string): void {
  const remedy = remedyForNode(process.versions.node, script);
  if (remedy === null) return;
  console.error(remedy);
  process.exit(1);
}
