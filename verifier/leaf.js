// Checks one candidate's leaf against a published bundle, on this device alone.
// It shares no code with the program that allocates, nor with zhiqiao_verify.py.
"use strict";

const FORMAT = "zhiqiao-allocation-bundle/1";
const AT_ONCE = 4096;
const HASH_BYTES = 32;

const WORDS = {
  checking: ["正在计算…", "Computing…"],
  allHolds: ["能核对的内容全部相符。", "Everything that can be checked holds."],
  notHolds: ["有内容不相符。请保留这三个文件并向招生机构申诉。", "Something is wrong. Keep the three files and complain to the admissions office."],
  unreadable: ["无法核对：", "Cannot be checked: "],
  insecure: ["浏览器不提供 SHA-256：请通过 https 打开本页，或打开保存在本机的文件。", "the browser offers no SHA-256: open this page by https, or as a file on this device."],
  missing: ["请先选择三个文件。", "Choose the three files first."],
  noBundle: ["bundle.json 不是这种格式的审计包。", "bundle.json is no bundle of this format."],
  noLeaves: ["leaves.txt 里有一行不是凭据。", "a line of leaves.txt is no leaf."],
  noLeaf: ["my-leaf.json 里没有 salt 和 content。", "my-leaf.json has no salt and content."],
  noScore: ["成绩要写成数字，例如 650.5。", "a score is a number such as 650.5."],
  leafIn: ["您的凭据在公布的列表中。", "Your leaf is among the published leaves."],
  leafOut: ["您的凭据不在公布的列表中。", "Your leaf is not among the published leaves."],
  rootFits: ["列表的根值与审计包相符。", "The root of the leaves is that of the bundle."],
  rootWrong: ["列表的根值与审计包不符。", "The root of the leaves is not that of the bundle."],
  listWrong: ["列表没有排序、有重复，或数目与审计包不符。", "The leaves are not sorted, one stands there twice, or their number is not that of the bundle."],
  resultFits: ["录取结果与志愿、分数线和您填写的成绩没有矛盾。", "The result does not contradict choices, cutoffs and the scores that you gave."],
  resultWrong: ["录取结果不是第一个达到分数线的志愿，见下表。", "The result is not the first listed choice whose cutoff is met; see the table."],
  selfWrong: ["凭据自相矛盾：所写结果不是标为录取的志愿。", "The leaf contradicts itself: its result is not the choice that it calls admitted."],
  noScores: ["没有填写成绩：您的成绩与分数线未作比较。", "No score was given: yours and the cutoffs were not compared."],
  noOrder: ["排序不是一律高分在前：未比较成绩与分数线。", "Programmes do not all rank higher scores first: scores and cutoffs were not compared."],
  placesLeft: ["有空余计划", "places left"],
  noLine: ["未公布", "not published"],
  rowResult: ["录取在此", "the result"],
  rowUnder: ["低于分数线却录取在此：不符", "below the cutoff, yet admitted: wrong"],
  rowAfter: ["排在录取志愿之后", "after the result"],
  rowBelow: ["低于分数线，相符", "below the cutoff: agrees"],
  rowAbove: ["您达到了分数线：不符", "you meet the cutoff: wrong"],
  rowFree: ["有空余计划却未录取：不符", "places left, not admitted: wrong"],
  rowEqual: ["与分数线相等，由后续排序项决定，未核对", "equal to the cutoff; further keys decide, not checked"],
  rowOther: ["其他原因，未核对", "another reason, not checked"],
  rowOpen: ["未填写成绩，未核对", "no score given, not checked"],
};

const REASONS = {
  "admitted": ["录取", "admitted"],
  "better-held": ["已被更前志愿录取", "a better choice is met"],
  "below-line": ["低于控制分数线", "below a control line"],
  "no-score": ["缺少所需成绩", "a score is missing"],
  "not-eligible": ["不符合报考条件", "not eligible"],
  "struck-out": ["经批准退档", "struck out for an approved reason"],
  "plan-changed": ["计划变更", "the plan was changed"],
  "placed-before": ["前一批次已录取", "admitted before"],
  "no-places": ["没有计划", "no places"],
  "below-cutoff": ["低于录取分数线", "below the cutoff"],
  "tied-by-lot": ["同分，按抽签", "tied, decided by lot"],
  "tied-rejected": ["同分，均不录取", "tied, none admitted"],
  "tied-held": ["同分，待定", "tied, waits for a decision"],
  "cap-full": ["上级限额已满", "a cap above is full"],
  "not-filed": ["未投档", "the file was not sent"],
  "filed-elsewhere": ["已投往前一院校", "filed elsewhere"],
  "returned": ["退档", "the file came back"],
  "taken-earlier": ["计划已被前面的志愿用完", "taken by earlier choices"],
};

const WRONG = ["rowAbove", "rowFree", "rowUnder"];
const DEFERRED = ["serial", "candidate-proposing", "programme-proposing"];

const at = (id) => document.getElementById(id);

function both(element, [chinese, english]) {
  for (const [name, language, text] of [["zh", "zh-CN", chinese], ["en", "en", english]]) {
    const part = document.createElement("span");
    part.className = name;
    part.lang = language;
    part.textContent = text;
    element.append(part);
  }
  return element;
}

class Refused extends Error {
  constructor(words) {
    super(words[1]);
    this.words = words;
  }
}

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function hash(...parts) {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
}

const leafHash = (salt, content) => hash([0], salt, new TextEncoder().encode(content));

// The tree of RFC 6962, section 2.1, level by level: an odd node moves up.
async function rootOf(leaves) {
  if (leaves.length === 0) return hash();
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let start = 0; start < level.length; start += AT_ONCE) {
      const pairs = [];
      for (let one = start; one < Math.min(start + AT_ONCE, level.length); one += 2) {
        const isPair = one + 1 < level.length;
        pairs.push(isPair ? hash([1], level[one], level[one + 1]) : level[one]);
      }
      above.push(...(await Promise.all(pairs)));
    }
    level = above;
  }
  return level[0];
}

async function textOf(id) {
  const [file] = at(id).files;
  if (file === undefined) throw new Refused(WORDS.missing);
  return file.text();
}

function parsed(text, words) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(words);
  }
}

async function readBundle() {
  const bundle = parsed(await textOf("bundle"), WORDS.noBundle);
  if (bundle?.format !== FORMAT || !Array.isArray(bundle.lines) || !bundle.leaves) {
    throw new Refused(WORDS.noBundle);
  }
  return bundle;
}

async function readLeaves() {
  const lines = (await textOf("leaves")).split(/\s+/).filter((line) => line !== "");
  if (!lines.every((line) => /^[0-9a-f]{64}$/.test(line))) throw new Refused(WORDS.noLeaves);
  return lines;
}

async function readLeaf() {
  const leaf = parsed(await textOf("leaf"), WORDS.noLeaf);
  if (typeof leaf?.content !== "string" || !/^([0-9a-f]{2})*$/.test(leaf.salt)) {
    throw new Refused(WORDS.noLeaf);
  }
  const told = parsed(leaf.content, WORDS.noLeaf);
  if (!Array.isArray(told?.choices)) throw new Refused(WORDS.noLeaf);
  return { salt: bytesOf(leaf.salt), content: leaf.content, told };
}

// Exact: a whole number of millionths.
function scoreOf(text) {
  const match = /^(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?$/.exec(text.trim());
  if (match === null) throw new Refused(WORDS.noScore);
  const size = BigInt(match[2] + (match[3] ?? "").padEnd(6, "0"));
  return match[1] ? -size : size;
}

function ownScores() {
  const own = new Map();
  for (const input of at("scores").querySelectorAll("input")) {
    if (input.value.trim() !== "") own.set(input.dataset.programme, scoreOf(input.value));
  }
  return own;
}

function rulesOf(bundle) {
  const { text } = bundle.rules;
  return [text, ...(text.batches ?? []).map((batch) => batch.rules ?? {})];
}

// By filing and by a rate in every prefix somebody may be admitted below the published cutoff.
function cutoffBinds(bundle) {
  return rulesOf(bundle).every(
    ({ mechanism = DEFERRED[0], reserves = {} }) =>
      DEFERRED.includes(mechanism) && !Object.values(reserves).some(({ mode }) => mode === "prefix"),
  );
}

function higherIsBetter(bundle) {
  const keys = rulesOf(bundle).flatMap((rules) => Object.values(rules.keys ?? {}));
  return keys.every(([first]) => !first.startsWith("-"));
}

// What can be said of each listed choice, in their order. A line that is kept back says nothing.
function judge(bundle, told, own) {
  const cutoffs = new Map(
    bundle.lines
      .filter((line) => line.category === "open" && !line.hidden)
      .map((line) => [line.programme, line.cutoff]),
  );
  const binds = cutoffBinds(bundle);
  let isAfter = false;
  return told.choices.map(([rank, programme, reason]) => {
    const row = { rank, programme, reason, cutoff: cutoffs.get(programme) };
    row.lowest = binds ? lowestOf(bundle, programme) : null;
    row.said = isAfter ? "rowAfter" : saidOf(row, told.programme, own.get(programme));
    isAfter ||= programme === told.programme;
    return row;
  });
}

// The lowest cutoff of all kinds of places of a programme; nothing where one kind has places left.
function lowestOf(bundle, programme) {
  const cutoffs = bundle.lines.filter((line) => line.programme === programme).map((line) => line.cutoff);
  if (cutoffs.length === 0 || cutoffs.includes(null)) return null;
  return cutoffs.map(scoreOf).reduce((one, other) => (other < one ? other : one));
}

function saidOf({ programme, reason, cutoff, lowest }, result, own) {
  if (programme === result) {
    const isUnder = reason === "admitted" && lowest !== null && own !== undefined && own < lowest;
    return isUnder ? "rowUnder" : "rowResult";
  }
  if (reason !== "below-cutoff" || cutoff === undefined) return "rowOther";
  if (cutoff === null) return "rowFree";
  if (own === undefined) return "rowOpen";
  const line = scoreOf(cutoff);
  if (own === line) return "rowEqual";
  return own > line ? "rowAbove" : "rowBelow";
}

function contradicts(told) {
  const admitted = told.choices.filter(([, , reason]) => reason === "admitted");
  if (admitted.length > 1) return true;
  return admitted.length === 1 && admitted[0][1] !== told.programme;
}

async function findings(bundle, leaves, leaf, own) {
  const found = [];
  const add = (holds, yes, no) => found.push({ holds, words: WORDS[holds ? yes : no] });
  const isOrdered = leaves.every((each, index) => index === 0 || leaves[index - 1] < each);
  add(new Set(leaves).has(hexOf(await leafHash(leaf.salt, leaf.content))), "leafIn", "leafOut");
  const root = hexOf(await rootOf(leaves.map(bytesOf)));
  add(root === bundle.leaves.root, "rootFits", "rootWrong");
  if (!isOrdered || leaves.length !== bundle.leaves.number) add(false, "", "listWrong");
  if (contradicts(leaf.told)) add(false, "", "selfWrong");
  const isComparable = higherIsBetter(bundle);
  const rows = judge(bundle, leaf.told, isComparable ? own : new Map());
  add(!rows.some((row) => WRONG.includes(row.said)), "resultFits", "resultWrong");
  if (!isComparable) found.push({ holds: true, words: WORDS.noOrder });
  else if (own.size === 0) found.push({ holds: true, words: WORDS.noScores });
  return { found, rows };
}

function show(bundle, { found, rows }) {
  const holds = found.every((one) => one.holds);
  at("verdict").className = holds ? "holds" : "wrong";
  both(at("verdict"), holds ? WORDS.allHolds : WORDS.notHolds);
  for (const one of found) {
    const item = both(document.createElement("li"), one.words);
    item.className = one.holds ? "holds" : "wrong";
    at("findings").append(item);
  }
  at("choices").hidden = false;
  for (const row of rows) at("choices").tBodies[0].append(rowOf(row));
  at("root").textContent = bundle.leaves.root;
}

function rowOf({ rank, programme, reason, cutoff, said }) {
  const line = document.createElement("tr");
  const name = document.createElement("td");
  name.textContent = `${rank}. ${programme}`;
  const told = both(document.createElement("td"), REASONS[reason] ?? [reason, reason]);
  const limit = document.createElement("td");
  if (typeof cutoff === "string") limit.textContent = cutoff;
  else both(limit, cutoff === null ? WORDS.placesLeft : WORDS.noLine);
  const checked = both(document.createElement("td"), WORDS[said]);
  checked.className = WRONG.includes(said) ? "wrong" : "";
  line.append(name, told, limit, checked);
  return line;
}

function clear() {
  at("answer").hidden = false;
  at("choices").hidden = true;
  for (const id of ["verdict", "findings", "root"]) at(id).replaceChildren();
  at("choices").tBodies[0].replaceChildren();
  at("verdict").className = "";
}

function refuse(error) {
  clear();
  at("verdict").className = "wrong";
  const words = error instanceof Refused ? error.words : [String(error), String(error)];
  both(at("verdict"), WORDS.unreadable.map((start, language) => start + words[language]));
}

async function check(event) {
  event.preventDefault();
  clear();
  both(at("verdict"), WORDS.checking);
  try {
    if (globalThis.crypto?.subtle === undefined) throw new Refused(WORDS.insecure);
    const [bundle, leaves, leaf] = [await readBundle(), await readLeaves(), await readLeaf()];
    const result = await findings(bundle, leaves, leaf, ownScores());
    clear();
    show(bundle, result);
  } catch (error) {
    refuse(error);
  }
}

// One field for each choice, once the leaf tells which they are.
async function offerScores() {
  const fields = at("scores");
  for (const old of fields.querySelectorAll("label, input")) old.remove();
  fields.hidden = true;
  try {
    const { told } = await readLeaf();
    for (const [rank, programme] of told.choices) {
      const label = document.createElement("label");
      label.textContent = `${rank}. ${programme}`;
      label.htmlFor = `score-${rank}`;
      const input = document.createElement("input");
      Object.assign(input, { id: label.htmlFor, inputMode: "decimal", autocomplete: "off" });
      input.dataset.programme = programme;
      fields.append(label, input);
    }
    fields.hidden = told.choices.length === 0;
  } catch (error) {
    refuse(error);
  }
}

function speak(language) {
  document.documentElement.lang = language;
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => speak(button.dataset.language));
}
at("leaf").addEventListener("change", offerScores);
at("files").addEventListener("submit", check);
speak("zh-CN");
