/** Groups departures into findings: departures with the same cause make one finding. */
import { causes } from '../spec/causes.ts';
import { requirement } from '../spec/requirements.ts';
import { nameOf, type Finding, type Result } from '../spec/results.ts';

/** A departure before grouping: from a rule for every answer, or of one scenario in one generation. */
interface Item {
  /** Departures with a common mark have the same cause. */
  marks: readonly string[];
  /** The rule or requirement by which causes.ts names it. */
  key: string;
  finding: Finding;
}

/** Masks what differs between answers with the same fault: identities, numbers, shortened values. */
const masked = (text: string): string =>
  text
    .replace(/[^\s"{}[\],:]*…[^\s"{}[\],:]*( \(\d+ characters\))?/g, '…')
    .replace(/"[^"\s]*@[^"\s]*"/g, '"…"')
    .replace(/\b\d+\b/g, (number) => (number.length === 3 ? number : '#'));

/** The route of a request as reports show it, without its generation. */
const routeOf = (sent: string): string =>
  (/^[A-Z]+ (\/[^\s?]*)/.exec(sent)?.[1] ?? '').replace(/^\/v\d(?=\/)/, '');

const isRefusal = (got: string): boolean => /^[45]\d\d,/.test(got);

/** Gives the marks of a departure from causes.ts. A cause counts only if one of its roots departed. */
function causeMarks(keys: ReadonlySet<string>): (key: string) => string[] {
  const active = causes.filter(({ roots }) => roots.some((root) => keys.has(root)));
  return (key) =>
    active
      .filter(({ roots, explains }) => roots.includes(key) || explains.includes(key))
      .map(({ roots }) => `cause ${roots.join()}`);
}

function scenarioItem(result: Result, results: readonly Result[]): Item[] {
  const { failure, requirement: of, scenario, level } = result;
  if (!failure) return [];
  const { sent, expected, got, likelyCause } = failure;
  const judged = results.filter(
    ({ outcome, requirement: one }) => one === of && (outcome === 'passed' || outcome === 'failed'),
  );
  const marks = [`requirement ${of}`, `answer ${masked(expected)} / ${masked(got)}`];
  if (isRefusal(got)) marks.push(`refusal ${routeOf(sent)} ${masked(got)}`);
  const finding: Finding = {
    id: scenario,
    requirement: of,
    level,
    says: requirement(of).text,
    answers: judged.length,
    departed: 1,
    example: { sent, expected, got, likelyCause },
    scenarios: [nameOf(result)],
    requirements: [of],
  };
  return [{ marks, key: of, finding }];
}

/** Groups of items that have a mark in common, directly or through others; each in the order given. */
function groupsOf(items: readonly Item[]): Item[][] {
  let groups: { marks: Set<string>; members: Item[] }[] = [];
  for (const item of items) {
    const isJoined = ({ marks }: { marks: Set<string> }): boolean =>
      item.marks.some((mark) => marks.has(mark));
    const joined = groups.filter(isJoined);
    groups = groups.filter((group) => !isJoined(group));
    groups.push({
      marks: new Set([...joined.flatMap(({ marks }) => [...marks]), ...item.marks]),
      members: [...joined.flatMap(({ members }) => members), item],
    });
  }
  const place = new Map(items.map((item, index) => [item, index]));
  return groups.map(({ members }) => members.sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)));
}

const shareOf = ({ departed, answers }: Finding): number => departed / answers;

/** The departures of one rule or requirement counted together, with the first as example. */
function sumsOf(group: readonly Item[]): Map<string, Finding> {
  const sums = new Map<string, Finding>();
  for (const { key, finding } of group) {
    const known = sums.get(key);
    sums.set(key, known ? { ...known, departed: known.departed + finding.departed } : finding);
  }
  return sums;
}

/** The finding that stands for the group: a MUST first, then a root of a cause, then the largest share of departures. */
function headOf(sums: ReadonlyMap<string, Finding>): Finding | undefined {
  const roots = causes.flatMap((cause) => cause.roots);
  const isRoot = ([key]: [string, Finding]): boolean => roots.includes(key);
  const isMust = ([, { level }]: [string, Finding]): boolean => level === 'MUST';
  const [head] = [...sums].sort(
    (a, b) =>
      Number(isMust(b)) - Number(isMust(a)) ||
      Number(isRoot(b)) - Number(isRoot(a)) ||
      (isRoot(a) ? shareOf(b[1]) - shareOf(a[1]) || roots.indexOf(a[0]) - roots.indexOf(b[0]) : 0),
  );
  return head?.[1];
}

function findingOf(group: readonly Item[]): Finding[] {
  const sums = sumsOf(group);
  const head = headOf(sums);
  if (head === undefined) return [];
  const isMust = group.some(({ finding }) => finding.level === 'MUST');
  return [
    {
      ...head,
      level: isMust ? 'MUST' : 'SHOULD',
      scenarios: [...new Set(group.flatMap(({ finding }) => finding.scenarios))],
      requirements: [...new Set(group.map(({ finding }) => finding.requirement))],
    },
  ];
}

/** The findings: departures from rules for every answer and failed scenarios, grouped by cause. */
export function findingsOf(ofRules: readonly Finding[], results: readonly Result[]): Finding[] {
  const items: Item[] = [
    ...ofRules.map((finding) => ({ marks: [finding.id], key: finding.id, finding })),
    ...results
      .filter(({ outcome }) => outcome === 'failed')
      .flatMap((failure) => scenarioItem(failure, results)),
  ];
  const marksOf = causeMarks(new Set(items.map(({ key }) => key)));
  const marked = items.map((item) => ({ ...item, marks: [...item.marks, ...marksOf(item.key)] }));
  return groupsOf(marked).flatMap(findingOf);
}
