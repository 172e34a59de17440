/**
 * Every collation that the original knows, as `id:name/sort length`, with `*` on the default of its character set. The
 * character set is the name up to the first underscore. Parsed when a collation other than the default is asked for.
 */
export const COLLATION_LIST = `
1:big5_chinese_ci*/1 2:latin2_czech_cs/4 3:dec8_swedish_ci*/1 4:cp850_general_ci*/1 5:latin1_german1_ci/1
6:hp8_english_ci*/1 7:koi8r_general_ci*/1 8:latin1_swedish_ci*/1 9:latin2_general_ci*/1 10:swe7_swedish_ci*/1
11:ascii_general_ci*/1 12:ujis_japanese_ci*/1 13:sjis_japanese_ci*/1 14:cp1251_bulgarian_ci/1
15:latin1_danish_ci/1 16:hebrew_general_ci*/1 18:tis620_thai_ci*/4 19:euckr_korean_ci*/1 20:latin7_estonian_cs/1
21:latin2_hungarian_ci/1 22:koi8u_general_ci*/1 23:cp1251_ukrainian_ci/1 24:gb2312_chinese_ci*/1
25:greek_general_ci*/1 26:cp1250_general_ci*/1 27:latin2_croatian_ci/1 28:gbk_chinese_ci*/1
29:cp1257_lithuanian_ci/1 30:latin5_turkish_ci*/1 31:latin1_german2_ci/2 32:armscii8_general_ci*/1
33:utf8mb3_general_ci*/1 34:cp1250_czech_cs/2 35:ucs2_general_ci*/1 36:cp866_general_ci*/1
37:keybcs2_general_ci*/1 38:macce_general_ci*/1 39:macroman_general_ci*/1 40:cp852_general_ci*/1
41:latin7_general_ci*/1 42:latin7_general_cs/1 43:macce_bin/1 44:cp1250_croatian_ci/1 45:utf8mb4_general_ci/1
46:utf8mb4_bin/1 47:latin1_bin/1 48:latin1_general_ci/1 49:latin1_general_cs/1 50:cp1251_bin/1
51:cp1251_general_ci*/1 52:cp1251_general_cs/1 53:macroman_bin/1 54:utf16_general_ci*/1 55:utf16_bin/1
56:utf16le_general_ci*/1 57:cp1256_general_ci*/1 58:cp1257_bin/1 59:cp1257_general_ci*/1 60:utf32_general_ci*/1
61:utf32_bin/1 62:utf16le_bin/1 63:binary*/1 64:armscii8_bin/1 65:ascii_bin/1 66:cp1250_bin/1 67:cp1256_bin/1
68:cp866_bin/1 69:dec8_bin/1 70:greek_bin/1 71:hebrew_bin/1 72:hp8_bin/1 73:keybcs2_bin/1 74:koi8r_bin/1
75:koi8u_bin/1 76:utf8mb3_tolower_ci/1 77:latin2_bin/1 78:latin5_bin/1 79:latin7_bin/1 80:cp850_bin/1
81:cp852_bin/1 82:swe7_bin/1 83:utf8mb3_bin/1 84:big5_bin/1 85:euckr_bin/1 86:gb2312_bin/1 87:gbk_bin/1
88:sjis_bin/1 89:tis620_bin/1 90:ucs2_bin/1 91:ujis_bin/1 92:geostd8_general_ci*/1 93:geostd8_bin/1
94:latin1_spanish_ci/1 95:cp932_japanese_ci*/1 96:cp932_bin/1 97:eucjpms_japanese_ci*/1 98:eucjpms_bin/1
99:cp1250_polish_ci/1 101:utf16_unicode_ci/8 102:utf16_icelandic_ci/8 103:utf16_latvian_ci/8
104:utf16_romanian_ci/8 105:utf16_slovenian_ci/8 106:utf16_polish_ci/8 107:utf16_estonian_ci/8
108:utf16_spanish_ci/8 109:utf16_swedish_ci/8 110:utf16_turkish_ci/8 111:utf16_czech_ci/8 112:utf16_danish_ci/8
113:utf16_lithuanian_ci/8 114:utf16_slovak_ci/8 115:utf16_spanish2_ci/8 116:utf16_roman_ci/8
117:utf16_persian_ci/8 118:utf16_esperanto_ci/8 119:utf16_hungarian_ci/8 120:utf16_sinhala_ci/8
121:utf16_german2_ci/8 122:utf16_croatian_ci/8 123:utf16_unicode_520_ci/8 124:utf16_vietnamese_ci/8
128:ucs2_unicode_ci/8 129:ucs2_icelandic_ci/8 130:ucs2_latvian_ci/8 131:ucs2_romanian_ci/8
132:ucs2_slovenian_ci/8 133:ucs2_polish_ci/8 134:ucs2_estonian_ci/8 135:ucs2_spanish_ci/8 136:ucs2_swedish_ci/8
137:ucs2_turkish_ci/8 138:ucs2_czech_ci/8 139:ucs2_danish_ci/8 140:ucs2_lithuanian_ci/8 141:ucs2_slovak_ci/8
142:ucs2_spanish2_ci/8 143:ucs2_roman_ci/8 144:ucs2_persian_ci/8 145:ucs2_esperanto_ci/8 146:ucs2_hungarian_ci/8
147:ucs2_sinhala_ci/8 148:ucs2_german2_ci/8 149:ucs2_croatian_ci/8 150:ucs2_unicode_520_ci/8
151:ucs2_vietnamese_ci/8 159:ucs2_general_mysql500_ci/1 160:utf32_unicode_ci/8 161:utf32_icelandic_ci/8
162:utf32_latvian_ci/8 163:utf32_romanian_ci/8 164:utf32_slovenian_ci/8 165:utf32_polish_ci/8
166:utf32_estonian_ci/8 167:utf32_spanish_ci/8 168:utf32_swedish_ci/8 169:utf32_turkish_ci/8
170:utf32_czech_ci/8 171:utf32_danish_ci/8 172:utf32_lithuanian_ci/8 173:utf32_slovak_ci/8
174:utf32_spanish2_ci/8 175:utf32_roman_ci/8 176:utf32_persian_ci/8 177:utf32_esperanto_ci/8
178:utf32_hungarian_ci/8 179:utf32_sinhala_ci/8 180:utf32_german2_ci/8 181:utf32_croatian_ci/8
182:utf32_unicode_520_ci/8 183:utf32_vietnamese_ci/8 192:utf8mb3_unicode_ci/8 193:utf8mb3_icelandic_ci/8
194:utf8mb3_latvian_ci/8 195:utf8mb3_romanian_ci/8 196:utf8mb3_slovenian_ci/8 197:utf8mb3_polish_ci/8
198:utf8mb3_estonian_ci/8 199:utf8mb3_spanish_ci/8 200:utf8mb3_swedish_ci/8 201:utf8mb3_turkish_ci/8
202:utf8mb3_czech_ci/8 203:utf8mb3_danish_ci/8 204:utf8mb3_lithuanian_ci/8 205:utf8mb3_slovak_ci/8
206:utf8mb3_spanish2_ci/8 207:utf8mb3_roman_ci/8 208:utf8mb3_persian_ci/8 209:utf8mb3_esperanto_ci/8
210:utf8mb3_hungarian_ci/8 211:utf8mb3_sinhala_ci/8 212:utf8mb3_german2_ci/8 213:utf8mb3_croatian_ci/8
214:utf8mb3_unicode_520_ci/8 215:utf8mb3_vietnamese_ci/8 223:utf8mb3_general_mysql500_ci/1
224:utf8mb4_unicode_ci/8 225:utf8mb4_icelandic_ci/8 226:utf8mb4_latvian_ci/8 227:utf8mb4_romanian_ci/8
228:utf8mb4_slovenian_ci/8 229:utf8mb4_polish_ci/8 230:utf8mb4_estonian_ci/8 231:utf8mb4_spanish_ci/8
232:utf8mb4_swedish_ci/8 233:utf8mb4_turkish_ci/8 234:utf8mb4_czech_ci/8 235:utf8mb4_danish_ci/8
236:utf8mb4_lithuanian_ci/8 237:utf8mb4_slovak_ci/8 238:utf8mb4_spanish2_ci/8 239:utf8mb4_roman_ci/8
240:utf8mb4_persian_ci/8 241:utf8mb4_esperanto_ci/8 242:utf8mb4_hungarian_ci/8 243:utf8mb4_sinhala_ci/8
244:utf8mb4_german2_ci/8 245:utf8mb4_croatian_ci/8 246:utf8mb4_unicode_520_ci/8 247:utf8mb4_vietnamese_ci/8
248:gb18030_chinese_ci*/2 249:gb18030_bin/1 250:gb18030_unicode_520_ci/8 255:utf8mb4_0900_ai_ci*/0
256:utf8mb4_de_pb_0900_ai_ci/0 257:utf8mb4_is_0900_ai_ci/0 258:utf8mb4_lv_0900_ai_ci/0
259:utf8mb4_ro_0900_ai_ci/0 260:utf8mb4_sl_0900_ai_ci/0 261:utf8mb4_pl_0900_ai_ci/0 262:utf8mb4_et_0900_ai_ci/0
263:utf8mb4_es_0900_ai_ci/0 264:utf8mb4_sv_0900_ai_ci/0 265:utf8mb4_tr_0900_ai_ci/0 266:utf8mb4_cs_0900_ai_ci/0
267:utf8mb4_da_0900_ai_ci/0 268:utf8mb4_lt_0900_ai_ci/0 269:utf8mb4_sk_0900_ai_ci/0
270:utf8mb4_es_trad_0900_ai_ci/0 271:utf8mb4_la_0900_ai_ci/0 273:utf8mb4_eo_0900_ai_ci/0
274:utf8mb4_hu_0900_ai_ci/0 275:utf8mb4_hr_0900_ai_ci/0 277:utf8mb4_vi_0900_ai_ci/0 278:utf8mb4_0900_as_cs/0
279:utf8mb4_de_pb_0900_as_cs/0 280:utf8mb4_is_0900_as_cs/0 281:utf8mb4_lv_0900_as_cs/0
282:utf8mb4_ro_0900_as_cs/0 283:utf8mb4_sl_0900_as_cs/0 284:utf8mb4_pl_0900_as_cs/0 285:utf8mb4_et_0900_as_cs/0
286:utf8mb4_es_0900_as_cs/0 287:utf8mb4_sv_0900_as_cs/0 288:utf8mb4_tr_0900_as_cs/0 289:utf8mb4_cs_0900_as_cs/0
290:utf8mb4_da_0900_as_cs/0 291:utf8mb4_lt_0900_as_cs/0 292:utf8mb4_sk_0900_as_cs/0
293:utf8mb4_es_trad_0900_as_cs/0 294:utf8mb4_la_0900_as_cs/0 296:utf8mb4_eo_0900_as_cs/0
297:utf8mb4_hu_0900_as_cs/0 298:utf8mb4_hr_0900_as_cs/0 300:utf8mb4_vi_0900_as_cs/0 303:utf8mb4_ja_0900_as_cs/0
304:utf8mb4_ja_0900_as_cs_ks/24 305:utf8mb4_0900_as_ci/0 306:utf8mb4_ru_0900_ai_ci/0 307:utf8mb4_ru_0900_as_cs/0
308:utf8mb4_zh_0900_as_cs/0 309:utf8mb4_0900_bin/1 310:utf8mb4_nb_0900_ai_ci/0 311:utf8mb4_nb_0900_as_cs/0
312:utf8mb4_nn_0900_ai_ci/0 313:utf8mb4_nn_0900_as_cs/0 314:utf8mb4_sr_latn_0900_ai_ci/0
315:utf8mb4_sr_latn_0900_as_cs/0 316:utf8mb4_bs_0900_ai_ci/0 317:utf8mb4_bs_0900_as_cs/0
318:utf8mb4_bg_0900_ai_ci/0 319:utf8mb4_bg_0900_as_cs/0 320:utf8mb4_gl_0900_ai_ci/0 321:utf8mb4_gl_0900_as_cs/0
322:utf8mb4_mn_cyrl_0900_ai_ci/0 323:utf8mb4_mn_cyrl_0900_as_cs/0
`;
