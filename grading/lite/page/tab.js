// The bar above a guide: export, test, download, upload; and what a learner should know.
// It speaks to Python through the notebook's own kernel, and to nothing outside the tab.
"use strict";

const guides = JSON.parse(document.getElementById("minitorch-guides").textContent);
const path = new URLSearchParams(location.search).get("path") || "";
const guide = guides[path] || { title: "", numba: "", tasks: {} };

const bar = document.createElement("section");
bar.id = "minitorch-bar";
bar.setAttribute("aria-label", "MiniTorch");
const buttons = document.createElement("div");
const banners = document.createElement("div");
const output = document.createElement("pre");
output.setAttribute("role", "status");
output.setAttribute("aria-live", "polite");
output.hidden = true;
bar.append(buttons, banners, output);

function say(text, more = false) {
  output.hidden = false;
  output.textContent = more ? output.textContent + text : text;
  output.scrollTop = output.scrollHeight;
}

function banner(name, ...parts) {
  document.getElementById(`minitorch-${name}`)?.remove();
  if (!parts.length) return;
  const line = document.createElement("p");
  line.id = `minitorch-${name}`;
  line.className = "minitorch-banner";
  line.append(...parts);
  banners.append(line);
}

function link(text, address) {
  const made = document.createElement("a");
  made.textContent = text;
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

function button(text, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", () => does().catch((error) => say(String(error.message || error))));
  buttons.append(made);
  return made;
}

const panel = () => window.jupyterapp?.shell.currentWidget;
const kernel = () => panel()?.sessionContext?.session?.kernel;

// Runs Python and shows what it prints; returns what it displays as "application/x-minitorch".
async function python(code) {
  if (!kernel()) throw new Error("Python hasn't started yet. Wait a moment, then try again.");
  let answer = null, failed = "";
  const future = kernel().requestExecute({ code, store_history: false, stop_on_error: false });
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === "stream") say(content.text, true);
    if (header.msg_type === "error") failed = `${content.ename}: ${content.evalue}`;
    if (header.msg_type === "display_data") answer = content.data["application/x-minitorch"] ?? answer;
  };
  await future.done;
  if (failed) throw new Error(failed);
  return answer;
}

// Python opens the project before the first cell runs.
function openProject(kernel) {
  kernel?.requestExecute({ code: "import tab; tab.open_project()", silent: true, store_history: false });
}

// Elsewhere a cell that shows an error on purpose doesn't end a run of all cells. Nor does it here.
function forgiveOnPurpose(kernel) {
  if (kernel.minitorch) return;
  kernel.minitorch = true;
  const request = kernel.requestExecute.bind(kernel);
  kernel.requestExecute = (content, dispose, metadata) => {
    const shown = metadata?.tags?.includes("raises-exception");
    const code = shown ? `%%on_purpose\n${content.code}` : content.code;
    return request({ ...content, code }, dispose, metadata);
  };
}

async function save() {
  await panel().context.save();
}

async function exporting() {
  say("Exporting …\n");
  await save();
  await python("import tab; tab.export()");
}

async function testing(mark) {
  say(`Testing ${guide.tasks[mark]} …\n`);
  await save();
  await python(`import tab; tab.test(${JSON.stringify(mark)})`);
}

async function downloading() {
  say("Packing your project …\n");
  await save();
  const packed = await python(
    "import tab, base64; from IPython.display import display; " +
    "display({'application/x-minitorch': base64.b64encode(tab.project_zip()).decode()}, raw=True)");
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const made = document.createElement("a");
  made.href = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
  made.download = "minitorch-project.zip";
  made.click();
  say("Downloaded minitorch-project.zip. Unzipped on a computer, it goes on there; it is also what you hand in.");
}

async function uploading(file) {
  if (file.size > 64 << 20) throw new Error(`${file.name} is too large to be a project of this course.`);
  say(`Reading ${file.name} …\n`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  await save();
  await python(`import tab; tab.take_in(${JSON.stringify(btoa(text))})`);
}

async function restarting() {
  await save();
  say("Restarting Python …\n");
  await panel().sessionContext.restartKernel();
  say("Python has restarted. Your text is still here; run the cells again from the top.");
}

button("Export", exporting);
if (Object.keys(guide.tasks).length) {
  const choice = document.createElement("select");
  choice.setAttribute("aria-label", "Task");
  for (const [mark, label] of Object.entries(guide.tasks)) choice.append(new Option(label, mark));
  button("Test", () => testing(choice.value));
  buttons.append(choice);
}
button("Download project", downloading);
const file = Object.assign(document.createElement("input"), { type: "file", accept: ".zip", hidden: true });
file.addEventListener("change", () => {
  if (file.files[0]) uploading(file.files[0]).catch((error) => say(String(error.message || error)));
  file.value = "";
});
bar.append(file);
button("Upload project", async () => file.click());
button("Restart Python", restarting);
const home = document.createElement("a");
home.href = "../index.html";
home.textContent = "All guides";
buttons.append(home);

if (guide.numba) {
  const what = guide.numba === "all"
    ? "This module compiles its kernels with Numba, which no browser has. Read it here; it runs "
    : "Some cells of this page need Numba, which no browser has; the others run here. All of it runs ";
  banner("numba", what, link("in Colab", guide.colab), " and on a computer of your own: download your project, " +
    'then pip install -e ".[notebooks]" in its folder.');
}

// The same guide in two tabs: what is saved last would count.
navigator.locks?.request(`minitorch ${location.pathname} ${path}`, { ifAvailable: true }, (lock) => {
  if (lock) return new Promise(() => {});
  banner("twice", "This guide is open in another tab, too. Work in one of them and close the other: what is saved " +
    "last counts.");
});
navigator.storage?.persist?.();

async function ready(test) {
  for (;;) {
    const found = test();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

(async () => {
  const app = await ready(() => window.jupyterapp);
  await app.restored;
  document.body.prepend(bar);
  const main = document.getElementById("main");
  const fit = () => {
    if (!main) return;
    main.style.top = `${bar.offsetHeight}px`;
    main.style.height = `calc(100% - ${bar.offsetHeight}px)`;
    window.dispatchEvent(new Event("resize"));
  };
  new ResizeObserver(fit).observe(bar);
  const notebook = await ready(() => panel()?.context && panel());
  notebook.context.saveState.connect((_, state) => {
    if (state === "failed") {
      banner("full", "The browser's storage took no more: this page is not saved. Download the notebook (File, " +
        "Download) or the project now, then free some room in the browser's settings.");
    } else if (state === "completed") banner("full");
  });
  let opened = null;
  const attach = () => {
    if (!kernel() || kernel() === opened) return;
    opened = kernel();
    forgiveOnPurpose(opened);
    openProject(opened);
  };
  notebook.sessionContext.kernelChanged.connect(attach);
  notebook.sessionContext.statusChanged.connect((_, status) => {
    if (/restarting/.test(status)) opened = null;
    else if (status === "idle") attach();
  });
  await ready(() => kernel()?.status === "idle");
  attach();
  const newer = await python(
    "import tab; from IPython.display import display; tab.open_project(); " +
    "display({'application/x-minitorch': tab.is_newer()}, raw=True)");
  if (newer) {
    const update = document.createElement("button");
    update.type = "button";
    update.textContent = "Update";
    update.addEventListener("click", async () => {
      say("Updating …\n");
      await save();
      await python("import tab; tab.update()");
      banner("newer");
    });
    banner("newer", "The course has a newer copy of its guides. Your answers and the cells that you added stay. ", update);
  }
  bar.dataset.ready = "true";
})();
