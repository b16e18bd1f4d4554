// Runs a program in the Python of a built folder, as a tab has it, under Node.
//   node node.mjs course/lite program.py [folder]
// The guides lie in /drive, as the browser's storage shows them; `folder`, if given, in /shared.
import { createRequire } from "node:module";
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

const [site, program, shared] = process.argv.slice(2);
const runtime = path.resolve(site, "static/pyodide") + "/";
const { loadPyodide } = createRequire(import.meta.url)(runtime + "pyodide.js");
const options = JSON.parse(readFileSync(path.join(site, "jupyter-lite.json"), "utf8"))[
  "jupyter-config-data"].litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"].loadPyodideOptions;
const quiet = { messageCallback: () => {}, errorCallback: (said) => console.error(said) };
const python = await loadPyodide({
  ...options, packages: [], indexURL: runtime, stdout: console.log, stderr: console.error,
});
await python.loadPackage(options.packages, quiet);

function copy(from, to) {
  python.FS.mkdirTree(to);
  for (const name of readdirSync(from)) {
    const place = path.join(from, name);
    if (statSync(place).isDirectory()) copy(place, `${to}/${name}`);
    else python.FS.writeFile(`${to}/${name}`, readFileSync(place));
  }
}
copy(path.join(site, "files"), "/drive");
if (shared) {
  python.FS.mkdirTree("/shared");
  python.mountNodeFS("/shared", path.resolve(shared));
}
try {
  await python.runPythonAsync(readFileSync(program, "utf8"));
} catch (error) {
  console.error(String(error.message ?? error));
  process.exitCode = 1;
}
process.exit();
