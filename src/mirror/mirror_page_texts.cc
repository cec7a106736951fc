#include "mirror/mirror_page_texts.h"

namespace muniment {
namespace {

constexpr MirrorPageTexts kEnglish{
    .language = "en",
    .title = "Your mirror",
    .written = "Written",
    .holds = "What it holds",
    .complete = "Everything that was agreed is here, as far as the log goes that was last fetched.",
    .filling = "The first round is not finished. It goes on by itself, once a day, where it stopped.",
    .deposits = "Deposits",
    .of = "of",
    .sealed_bytes = "Sealed bytes",
    .entries = "Entries of the log",
    .agreed = "Agreed at the most",
    .all = "all of the archive",
    .disk_free = "Free on this disk",
    .traffic = "Traffic",
    .left_this_month = "Given out this month",
    .cap = "At the most",
    .no_cap = "no limit",
    .reach = "How others come to it",
    .access_none = "Nobody comes to it: it fetches, and keeps. That is worth a lot already.",
    .access_port = "At this port of the machine, behind a web server with TLS:",
    .access_onion = "Through Tor, at:",
    .last_look = "Last look",
    .never_looked = "The daily run has not been yet. It comes at about 4 in the morning.",
    .next = "What to do next",
    .next_fill = "Leave the machine on and connected until the first round is finished.",
    .next_disk = "Make room: the disk is almost full. Nothing that is here gets lost, but nothing new fits.",
    .next_notice = "Once, if you have not: send notice.txt to the custodian, by the way on which the invitation came.",
    .next_nothing = "Nothing. Look here once a month.",
    .next_leave = "When you no longer want to: this stops it, wipes its keys and says how many good copies remain.",
    .risk = "You hold sealed evidence that you cannot open. What you hold and what you risk:",
    .archive = "The archive, in 12 words",
};

constexpr MirrorPageTexts kRussian{
    .language = "ru",
    .title = "Ваше зеркало",
    .written = "Записано",
    .holds = "Что здесь хранится",
    .complete = "Всё, о чём договорились, здесь, насколько известно из последней полученной записи журнала.",
    .filling = "Первое копирование ещё не закончено. Оно продолжается само, раз в день, с места остановки.",
    .deposits = "Вклады",
    .of = "из",
    .sealed_bytes = "Запечатано",
    .entries = "Записи журнала",
    .agreed = "По договорённости не больше",
    .all = "весь архив",
    .disk_free = "Свободно на этом диске",
    .traffic = "Трафик",
    .left_this_month = "Отдано в этом месяце",
    .cap = "Не больше",
    .no_cap = "без предела",
    .reach = "Как сюда приходят другие",
    .access_none = "Никто сюда не приходит: зеркало получает и хранит. Это уже очень много.",
    .access_port = "На этом порту машины, за веб-сервером с TLS:",
    .access_onion = "Через Tor, по адресу:",
    .last_look = "Последняя проверка",
    .never_looked = "Ежедневной работы ещё не было. Она начинается около 4 часов утра.",
    .next = "Что делать дальше",
    .next_fill = "Не выключайте машину и сеть, пока первое копирование не закончится.",
    .next_disk = "Освободите место: диск почти полон. То, что здесь есть, не пропадёт, но новое не поместится.",
    .next_notice = "Один раз, если ещё не сделали: пошлите notice.txt хранителю тем путём, каким пришло приглашение.",
    .next_nothing = "Ничего. Загляните сюда через месяц.",
    .next_leave =
        "Когда больше не захотите: эта команда остановит зеркало, сотрёт его ключи и скажет, сколько "
        "хороших копий осталось.",
    .risk = "Вы храните запечатанные свидетельства, которых не можете открыть. Что вы храните и чем рискуете:",
    .archive = "Архив, в 12 словах",
};

constexpr MirrorPageTexts kUkrainian{
    .language = "uk",
    .title = "Ваше дзеркало",
    .written = "Записано",
    .holds = "Що тут зберігається",
    .complete = "Усе, про що домовилися, тут, наскільки відомо з останнього отриманого запису журналу.",
    .filling = "Перше копіювання ще не закінчено. Воно триває саме, раз на день, з місця зупинки.",
    .deposits = "Вклади",
    .of = "з",
    .sealed_bytes = "Запечатано",
    .entries = "Записи журналу",
    .agreed = "За домовленістю не більше",
    .all = "увесь архів",
    .disk_free = "Вільно на цьому диску",
    .traffic = "Трафік",
    .left_this_month = "Віддано цього місяця",
    .cap = "Не більше",
    .no_cap = "без межі",
    .reach = "Як сюди приходять інші",
    .access_none = "Ніхто сюди не приходить: дзеркало отримує і зберігає. Це вже дуже багато.",
    .access_port = "На цьому порту машини, за вебсервером з TLS:",
    .access_onion = "Через Tor, за адресою:",
    .last_look = "Остання перевірка",
    .never_looked = "Щоденної роботи ще не було. Вона починається близько 4 години ранку.",
    .next = "Що робити далі",
    .next_fill = "Не вимикайте машину й мережу, доки перше копіювання не закінчиться.",
    .next_disk = "Звільніть місце: диск майже повний. Те, що тут є, не зникне, але нове не поміститься.",
    .next_notice = "Один раз, якщо ще не зробили: надішліть notice.txt хранителю тим шляхом, яким прийшло запрошення.",
    .next_nothing = "Нічого. Загляньте сюди за місяць.",
    .next_leave =
        "Коли більше не захочете: ця команда зупинить дзеркало, зітре його ключі й скаже, скільки добрих "
        "копій лишилося.",
    .risk = "Ви зберігаєте запечатані свідчення, яких не можете відкрити. Що ви зберігаєте і чим ризикуєте:",
    .archive = "Архів, у 12 словах",
};

constexpr MirrorPageTexts kBelarusian{
    .language = "be",
    .title = "Ваша люстэрка",
    .written = "Запісана",
    .holds = "Што тут захоўваецца",
    .complete = "Усё, пра што дамовіліся, тут, наколькі вядома з апошняга атрыманага запісу журнала.",
    .filling = "Першае капіраванне яшчэ не скончана. Яно працягваецца само, раз на дзень, з месца спынення.",
    .deposits = "Уклады",
    .of = "з",
    .sealed_bytes = "Запячатана",
    .entries = "Запісы журнала",
    .agreed = "Паводле дамовы не больш за",
    .all = "увесь архіў",
    .disk_free = "Вольна на гэтым дыску",
    .traffic = "Трафік",
    .left_this_month = "Аддадзена ў гэтым месяцы",
    .cap = "Не больш за",
    .no_cap = "без мяжы",
    .reach = "Як сюды прыходзяць іншыя",
    .access_none = "Ніхто сюды не прыходзіць: люстэрка атрымлівае і захоўвае. Гэта ўжо вельмі шмат.",
    .access_port = "На гэтым порце машыны, за вэб-серверам з TLS:",
    .access_onion = "Праз Tor, па адрасе:",
    .last_look = "Апошняя праверка",
    .never_looked = "Штодзённай працы яшчэ не было. Яна пачынаецца каля 4 гадзіны раніцы.",
    .next = "Што рабіць далей",
    .next_fill = "Не выключайце машыну і сетку, пакуль першае капіраванне не скончыцца.",
    .next_disk = "Вызваліце месца: дыск амаль поўны. Тое, што тут ёсць, не прападзе, але новае не змесціцца.",
    .next_notice =
        "Адзін раз, калі яшчэ не зрабілі: дашліце notice.txt захавальніку тым шляхам, якім прыйшло "
        "запрашэнне.",
    .next_nothing = "Нічога. Зазірніце сюды праз месяц.",
    .next_leave =
        "Калі больш не захочаце: гэтая каманда спыніць люстэрка, сатрэ яго ключы і скажа, колькі добрых "
        "копій засталося.",
    .risk = "Вы захоўваеце запячатаныя сведчанні, якіх не можаце адкрыць. Што вы захоўваеце і чым рызыкуеце:",
    .archive = "Архіў, у 12 словах",
};

}  // namespace

const std::array<MirrorPageTexts, kMirrorPageLanguages>& mirror_page_texts() {
  static constexpr std::array kAll = {kEnglish, kRussian, kUkrainian, kBelarusian};
  return kAll;
}

}  // namespace muniment
