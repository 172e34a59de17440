/** FORMAT: numbers as people of a place write them (MySQL manual, "MySQL Server Locale Support"). */
import { type Integer, integerOf } from '../../tuple/value.ts';
import { formatDecimal, rescale } from '../types/decimal.ts';
import { doubleToText } from '../types/number-text.ts';
import { asDouble, asInteger, asText, count, TEXT_RESULT } from './arguments.ts';
import type { ScalarFunction } from './scalar-function.ts';

interface NumberFormat {
  readonly point: string;
  /** Between groups of digits; empty where a place has none. */
  readonly separator: string;
  /** As in India: three digits at the end, two in the groups before. */
  readonly indian?: true;
}

const AMERICAN: NumberFormat = { point: '.', separator: ',' };

/** Locales that write numbers otherwise than `en_US`. The names are compared without case; unknown ones are American. */
const FORMATS: readonly (readonly [NumberFormat, string])[] = [
  [
    { point: ',', separator: '.' },
    'be_BY da_DK de_BE de_DE de_LU es_AR es_BO es_CL es_CO es_EC es_PY es_UY es_VE fo_FO hu_HU id_ID is_IS lt_LT mn_MN ' +
      'ro_RO ru_RU ru_UA sq_AL tr_TR uk_UA vi_VN',
  ],
  [{ point: ',', separator: ' ' }, 'cs_CZ es_CR et_EE fi_FI lv_LV mk_MK sk_SK sv_FI sv_SE'],
  [
    { point: ',', separator: '' },
    'bg_BG ca_ES de_AT el_GR es_ES eu_ES fr_BE fr_CA fr_CH fr_FR fr_LU gl_ES hr_HR it_IT nb_NO nl_BE nl_NL no_NO pl_PL ' +
      'pt_BR pt_PT sl_SI',
  ],
  [{ point: '.', separator: '' }, 'ar_SA sr_RS'],
  [{ point: '.', separator: "'" }, 'de_CH'],
  [{ point: ',', separator: "'" }, 'it_CH rm_CH'],
  [{ ...AMERICAN, indian: true }, 'en_IN ta_IN te_IN'],
];

const formatOf = new Map(
  FORMATS.flatMap(([format, names]) => names.split(' ').map((name) => [name.toLowerCase(), format] as const)),
);

/** `1234567.89` with the separators of a place. */
function grouped(text: string, { point, separator, indian }: NumberFormat): string {
  const [whole = '', fraction] = text.split('.');
  const sign = whole.startsWith('-') ? '-' : '';
  const places = indian ? /\B(?=(\d{2})*\d{3}$)/g : /\B(?=(\d{3})+$)/g;
  const digits = whole.slice(sign.length).replace(places, separator);
  return sign + digits + (fraction === undefined ? '' : point + fraction);
}

/** A double with a number of fraction digits, halves away from zero on its shortest text. */
function roundedText(value: number, digits: number): string {
  if (Math.abs(value) >= 1e21)
    return digits === 0 ? doubleToText(value) : `${doubleToText(value)}.${'0'.repeat(digits)}`;
  const text = doubleToText(value);
  const [whole = '0', fraction = ''] = text.split('.');
  const unscaled = integerOf(BigInt(whole + fraction));
  return formatDecimal(rescale(unscaled, fraction.length, digits), digits);
}

export const formatFunction: ScalarFunction = {
  name: 'format',
  minArguments: 2,
  maxArguments: 3,
  bind([value, digits, locale]) {
    const exact = value!.type.kind === 'decimal' || value!.type.kind === 'integer';
    const subject = exact ? value! : asDouble(value!);
    const { type } = subject;
    const scale = type.kind === 'decimal' ? type.scale : 0;
    return {
      type: TEXT_RESULT,
      args: [subject, asInteger(digits!), ...(locale === undefined ? [] : [asText(locale)])],
      nullable: true,
      // A locale that is NULL is one that is unknown.
      handlesNull: true,
      apply: ([number, places, place]) => {
        if (number === null || places === null) return null;
        const format = formatOf.get(String(place ?? '').toLowerCase()) ?? AMERICAN;
        const shown = Math.min(30, Math.max(0, count(places!)));
        if (exact) return grouped(formatDecimal(rescale(number as Integer, scale, shown), shown), format);
        return grouped(roundedText(number as number, shown), format);
      },
    };
  },
};
