/** Punycode of domains (RFC 3492): `bücher.example` is `xn--bcher-kva.example`. */

const [BASE, T_MIN, T_MAX, SKEW, DAMP, FIRST_BIAS, FIRST_CODE] = [36, 1, 26, 38, 700, 72, 128];

const digit = (value: number): string => String.fromCharCode(value < 26 ? 97 + value : 22 + value);

/** Section 6.1. */
function adapted(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}

/** A number in digits of variable base. */
function digitsOf(delta: number, bias: number): string {
  let text = '';
  let rest = delta;
  for (let k = BASE; ; k += BASE) {
    const limit = Math.min(Math.max(k - bias, T_MIN), T_MAX);
    if (rest < limit) return text + digit(rest);
    text += digit(limit + ((rest - limit) % (BASE - limit)));
    rest = Math.floor((rest - limit) / (BASE - limit));
  }
}

/** Section 6.3. */
function encoded(label: string): string {
  const codes = Array.from(label, (character) => character.codePointAt(0) ?? 0);
  const basic = codes.filter((code) => code < FIRST_CODE);
  let text = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '');
  let [code, delta, bias, done] = [FIRST_CODE, 0, FIRST_BIAS, basic.length];
  while (done < codes.length) {
    const next = Math.min(...codes.filter((one) => one >= code));
    delta += (next - code) * (done + 1);
    code = next;
    for (const one of codes) {
      if (one < code) delta++;
      if (one !== code) continue;
      text += digitsOf(delta, bias);
      bias = adapted(delta, done + 1, done === basic.length);
      delta = 0;
      done++;
    }
    delta++;
    code++;
  }
  return text;
}

const ASCII = /^[\0-\x7f]*$/;

/** The domain in ASCII; undefined when it is in ASCII already. */
export function domainToAscii(domain: string): string | undefined {
  if (ASCII.test(domain)) return undefined;
  const labels = domain.normalize('NFKC').toLowerCase().split('.');
  return labels.map((label) => (ASCII.test(label) ? label : `xn--${encoded(label)}`)).join('.');
}
