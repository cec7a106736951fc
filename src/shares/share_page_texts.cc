#include "shares/share_page_texts.h"

namespace muniment {
namespace {

constexpr PageTexts kEnglish = {
    .tag = "en",
    .title = "Share {share} of {total}",
    .needed = "{threshold} are needed",
    .about =
        "This page is one part of the trustees’ key to an archive. Any {threshold} of the {total} shares together "
        "open what is sealed to the trustees; fewer reveal nothing.",
    .set = "Set {set}, dealt on {date}",
    .date = "{day} {month} {year}",
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December"},
    .holder = "Holder no. {holder}",
    .words_heading = "The {count} words of this share",
    .words_hint =
        "Type them in the order of their numbers. Capitals do not matter, and the first four letters of a word "
        "are enough. The Cyrillic beside a word only helps to say it aloud: type the Latin letters.",
    .qr_caption = "The same words, for a scanner at the computer that recovers the archive. Not for a phone.",
    .qr_missing = "There is no square code here: the program was built without it. The words are enough.",
    .id_heading = "The archive is known by these 12 words",
    .id_hint = "Do not trust a copy that shows other words.",
    .copies_heading = "Where copies of it are",
    .copies_by_hand = "Write here, by hand, where copies are:",
    .copies_more = "Copies that found no room here: {count}.",
    .steps_heading = "What to do",
    .check_step = "Is this share still good? The program asks for its words and gives them to nobody.",
    .repair_step = "A word can no longer be read? It can be found from the others.",
    .recover_step =
        "If the archive is lost: install muniment on a computer that you trust, and type this. The program "
        "asks for the shares.",
    .recover_command = "muniment recover --from COPY -o FOLDER --id \"12 WORDS\"",
    .recover_places =
        "COPY is an address from this page, FOLDER a name for a new folder, 12 WORDS are the archive’s "
        "words.",
    .program_at = "Where to get muniment:",
    .warnings_heading = "Keep in mind",
    .warnings =
        {"Whoever brings enough of these pages together has the key. Keep this one where only you find it, and "
         "show it to nobody.",
         "Never photograph or copy it, and never type its words into a phone: phones send pictures and typed "
         "text away unasked.",
         "Never send it by messenger or e-mail, never read it out on the telephone. Hand it over in person, or "
         "send it with “muniment share send”.",
         "Is it lost, or has somebody else seen it? Tell a custodian of the archive at once: a new set will be "
         "dealt.",
         "When a new set has been dealt, destroy this page, best by fire: the old set still opens old copies of "
         "the archive."},
};

constexpr PageTexts kRussian = {
    .tag = "ru",
    .title = "Доля {share} из {total}",
    .needed = "Нужно не меньше {threshold}",
    .about =
        "Эта страница — одна из частей ключа доверенных лиц к архиву. Любые {threshold} из {total} долей вместе "
        "открывают то, что запечатано для доверенных лиц; меньшее число не раскрывает ничего.",
    .set = "Набор {set}, роздан {date}",
    .date = "{day} {month} {year} года",
    .months = {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
               "ноября", "декабря"},
    .holder = "Держатель № {holder}",
    .words_heading = "Слова этой доли, всего {count}",
    .words_hint =
        "Вводите их по порядку номеров; хватит первых четырёх букв слова, заглавных или строчных. Кириллица рядом — "
        "только чтобы произнести слово вслух: вводить нужно латинские буквы.",
    .qr_caption = "Те же слова для сканера у компьютера, где восстанавливают архив. Не для телефона.",
    .qr_missing = "Квадратного кода здесь нет: программа собрана без него. Слов достаточно.",
    .id_heading = "Архив узнают по этим 12 словам",
    .id_hint = "Не доверяйте копии, которая показывает другие слова.",
    .copies_heading = "Где есть копии архива",
    .copies_by_hand = "Впишите сюда от руки, где есть копии:",
    .copies_more = "Копий, которым здесь не хватило места: {count}.",
    .steps_heading = "Что делать",
    .check_step = "Годится ли ещё эта доля? Программа спросит слова и никому их не передаст.",
    .repair_step = "Какое-то слово уже не прочесть? Его можно найти по остальным.",
    .recover_step =
        "Если архив утрачен: установите muniment на компьютер, которому доверяете, и наберите эту команду. "
        "Доли программа спросит сама.",
    .recover_command = "muniment recover --from КОПИЯ -o ПАПКА --id \"12 СЛОВ\"",
    .recover_places = "КОПИЯ — один из адресов на этой странице, ПАПКА — имя новой папки, 12 СЛОВ — слова архива.",
    .program_at = "Где взять muniment:",
    .warnings_heading = "Помните",
    .warnings = {"Кто соберёт достаточно таких страниц, получит ключ. Храните эту страницу там, где её найдёте только "
                 "вы, и никому не показывайте.",
                 "Не фотографируйте её, не копируйте и не вводите в телефон: он без спроса передаёт всё в сеть.",
                 "Не посылайте её через мессенджер или по электронной почте, не диктуйте по телефону. Передайте лично "
                 "или командой «muniment share send».",
                 "Страница пропала или её видел кто-то ещё? Сразу скажите хранителю архива: раздадут новый набор.",
                 "Когда роздан новый набор, уничтожьте эту страницу, лучше всего сожгите: старый набор по-прежнему "
                 "открывает старые копии архива."},
};

}  // namespace

const PageTexts& page_texts(PageLanguage language) { return language == PageLanguage::russian ? kRussian : kEnglish; }

std::string filled(std::string_view text, std::initializer_list<Filling> fillings) {
  std::string whole;
  while (!text.empty()) {
    std::size_t eaten = 1;
    std::string_view put = text.substr(0, 1);
    for (const Filling& filling : fillings) {
      const std::string place = "{" + std::string(filling.name) + "}";
      if (!text.starts_with(place)) continue;
      eaten = place.size();
      put = filling.value;
    }
    whole += put;
    text.remove_prefix(eaten);
  }
  return whole;
}

}  // namespace muniment
