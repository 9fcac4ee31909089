// What a finding says was found, expected, and where: English in the report, so that reports can be compared; in the visitor's language on the page.
// `{}` stands for a number, a name or a hash, which stays.

/** English, Kazakh, Russian. @type {[string, string, string][]} */
export const TABLE = [
  ["a ballot", "бюллетень", "бюллетень"],
  ["a ballot that holds", "дұрыс бюллетень", "верный бюллетень"],
  ["a ballot that rebuilds", "қайта жасалатын бюллетень", "бюллетень, который воспроизводится"],
  ["a batch", "топтама", "пачка"],
  ["a beginning", "осы журналдың басы", "начало этого журнала"],
  ["a beginning of {}", "{} басы", "начало {}"],
  ["a card of this device", "осы құрылғының карточкасы", "карточка этого устройства"],
  ["a ceremony before", "алдымен рәсім", "сначала церемония"],
  ["a control character", "басқару таңбасы", "управляющий символ"],
  ["a file", "файл", "файл"],
  ["a key id and a signature", "кілт белгісі мен қолтаңба", "номер ключа и подпись"],
  ["a key twice", "бір кілт екі рет", "ключ дважды"],
  ["a kind of this log", "осы журналдағы жазба түрі", "вид записи этого журнала"],
  ["a known key", "белгілі кілт", "известный ключ"],
  ["a line of a tlog-policy", "tlog-policy жолы", "строка tlog-policy"],
  ["a log", "журнал", "журнал"],
  ["a partial decryption that holds", "дұрыс ішінара ашу", "верная частичная расшифровка"],
  ["a signature that holds", "дұрыс қолтаңба", "верная подпись"],
  ["a signed note", "қол қойылған жазба (signed note)", "подписанная запись (signed note)"],
  ["a smaller hash after a larger", "үлкен хештен кейін кішісі", "меньший хеш после большего"],
  ["a time below 2^63 and 64 bytes", "2^63-тен аз уақыт және 64 байт", "время меньше 2^63 и 64 байта"],
  ["a torn entry", "үзілген жазба", "оборванная запись"],
  ["a trustee, once", "сенімді тұлға, бір рет", "доверенный, один раз"],
  ["a vote of {}", "{} дауыс беруі", "голосование {}"],
  ["a wave before", "алдымен толқын", "сначала волна"],
  ["a trustee's signature of this wave, once", "осы толқынға сенімді тұлғаның қолтаңбасы, бір рет", "подпись доверенного под этой волной, один раз"],
  ["an accreditation before", "алдымен аккредиттеу", "сначала аккредитация"],
  ["an accredited badge with a key", "кілті бар аккредиттелген белгі", "аккредитованный знак с ключом"],
  ["an answer", "жауап", "ответ"],
  ["an installation", "орнату", "установка"],
  ["an installation before", "алдымен орнату", "сначала установка"],
  ["an object in RFC 8785 form", "RFC 8785 түріндегі нысан", "объект в форме RFC 8785"],
  ["another end", "соңы басқа", "другой конец"],
  ["another entry", "басқа жазба", "другая запись"],
  ["another last entry", "соңғы жазба басқа", "другая последняя запись"],
  ["another tree", "басқа ағаш", "другое дерево"],
  ["ascending", "өсу ретімен", "по возрастанию"],
  ["ascending H(ballot)", "H(ballot) өсу ретімен", "H(ballot) по возрастанию"],
  ["ascending times", "уақыт өсу ретімен", "время по возрастанию"],
  ["at least {}", "кемінде {}", "не меньше {}"],
  ["at most 100 signatures", "ең көбі 100 қолтаңба", "не больше 100 подписей"],
  ["at most {}", "ең көбі {}", "не больше {}"],
  ["at most {} levels and {} values", "ең көбі {} деңгей және {} мән", "не больше {} уровней и {} значений"],
  ["before partial decryptions", "ішінара ашулардан бұрын", "до частичных расшифровок"],
  ["before the tally", "қорытындыдан бұрын", "до подсчёта"],
  ["before {}", "{} дейін", "до {}"],
  ["both signatures, and a beginning", "екі қолтаңба және журналдың басы", "обе подписи и начало журнала"],
  ["bytes", "байттар", "байты"],
  ["bytes after the last entry", "соңғы жазбадан кейінгі байттар", "байты после последней записи"],
  ["device {}", "{} құрылғысы", "устройство {}"],
  ["devices of this station", "осы учаскенің құрылғылары", "устройства этого участка"],
  ["each device once", "әр құрылғы бір рет", "каждое устройство один раз"],
  ["entry {}", "{}-жазба", "запись {}"],
  ["few", "аз", "немного"],
  ["in an earlier wave", "бұрынғы толқында", "в прежней волне"],
  ["its form", "өз пішіні", "своя форма"],
  ["its place", "өз орны", "своё место"],
  ["keys", "кілттер", "ключи"],
  ["more than {} bytes", "{} байттан көп", "больше {} байт"],
  ["no device of {}", "{} учаскесінің құрылғысы жоқ", "нет устройства участка {}"],
  ["no key of a witness", "куәгер кілті емес", "не ключ свидетеля"],
  ["no quorum", "кворум жоқ", "нет кворума"],
  ["no seal", "мөр жоқ", "нет печати"],
  ["no total", "қорытынды шықпады", "итог не получается"],
  ["nothing", "ештеңе", "ничего"],
  ["once", "бір рет", "один раз"],
  ["one by the device", "құрылғының қолтаңбасы", "подпись устройства"],
  ["one by {}", "{} қолтаңбасы", "подпись {}"],
  ["one wave ever", "тек бір толқында", "только одна волна"],
  ["one for each trustee", "әр сенімді тұлғадан біреу", "по одной от каждого доверенного"],
  ["one in each vote", "әр дауыс беруде біреу", "одна в каждом голосовании"],
  ["one list, before the installation", "орнатудан бұрын бір тізім", "один список, до установки"],
  ["received = used + left", "алынған = қолданылған + қалған", "получено = использовано + осталось"],
  ["root and cards before, once", "алдымен түбір мен карточкалар, бір рет", "сначала корень и карточки, один раз"],
  ["rounded to 30 minutes", "30 минутқа дейін дөңгелектелген", "округлено до 30 минут"],
  ["signature", "қолтаңба", "подпись"],
  ["signatures of device and badge", "құрылғы мен белгінің қолтаңбалары", "подписи устройства и знака"],
  ["sound keys", "жарамды кілттер", "годные ключи"],
  ["sound keys and styles", "жарамды кілттер мен үлгілер", "годные ключи и виды"],
  ["the counts of close", "close жазбасының сандары", "числа записи close"],
  ["the definition", "анықтама", "определение"],
  ["the definition at 0, and only there", "анықтама 0-де ғана", "определение на месте 0 и только там"],
  ["the form of its kind", "өз түрінің пішіні", "форма своего вида"],
  ["the next wave, after the root", "келесі толқын, түбірден кейін", "следующая волна, после корня"],
  ["the root of the checkpoint", "бақылау нүктесінің түбірі", "корень контрольной точки"],
  ["three equal numbers", "үш тең сан", "три равных числа"],
  ["trustee {}", "{}-сенімді тұлға", "доверенный {}"],
  ["unit {}", "{} бірлігі", "единица {}"],
  ["whole entries", "тұтас жазбалар", "целые записи"],
  ["{} ballots without a batch", "топтамасыз {} бюллетень", "бюллетеней без пачки: {}"],
  ["{}, used + left", "{}, қолданылған + қалған", "{}, использовано + осталось"],
];

/** @type {Record<string, number>} */
const COLUMN = { en: 0, kk: 1, ru: 2 };
const exact = new Map(TABLE.map((row) => [row[0], row]));
const escaped = (/** @type {string} */ text) => text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
const patterns = TABLE.filter(([english]) => english.includes("{}")).map((row) => ({ row, form: new RegExp(`^${escaped(row[0]).replaceAll("{}", "([^ ,:]+)")}$`) }));

/** A hash by its first letters: the saved report has all of it. @param {string} text */
const shorter = (text) => text.replace(/[0-9a-f]{40,}/g, (hash) => `${hash.slice(0, 16)}…`);

/**
 * A phrase in a language, its names and numbers unchanged; what is no phrase of this table comes back as it was.
 * @param {string} text
 * @param {string} language
 * @returns {string}
 */
export function phrase(text, language) {
  const column = COLUMN[language];
  const short = shorter(text);
  const whole = one(short, column);
  if (whole !== null) return whole;
  return short.split(/(, |: )/).map((part) => one(part, column) ?? part).join("");
}

/** @param {string} text @param {number} column */
function one(text, column) {
  const row = exact.get(text);
  if (row) return row[column];
  for (const { row: found, form } of patterns) {
    const match = form.exec(text);
    if (match) {
      let at = 0;
      return found[column].replaceAll("{}", () => match[++at]);
    }
  }
  return null;
}

/** @param {string} text as found or expected, or a part of it */
export const hasPhrase = (text) => one(text, 0) !== null;
