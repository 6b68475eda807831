/* names.c - given and family names by language; see names.h. */
#include "names.h"

#include <stddef.h>
#include <string.h>

#define LIST(list) static const struct name list[] =

LIST(en_given) {
        { "Ada", "ada" }, { "Alice", "alice" }, { "Andrew", "andrew" }, { "Barbara", "barbara" },
        { "Benjamin", "benjamin" }, { "Charlotte", "charlotte" }, { "Christopher", "christopher" },
        { "D'Arcy", "darcy" }, { "Daniel", "daniel" }, { "Deborah", "deborah" }, { "Dorothy", "dorothy" },
        { "Edward", "edward" }, { "Eleanor", "eleanor" }, { "Elizabeth", "elizabeth" }, { "Emily", "emily" },
        { "Ethan", "ethan" }, { "Frances", "frances" }, { "Frederick", "frederick" }, { "George", "george" },
        { "Grace", "grace" }, { "Hannah", "hannah" }, { "Harold", "harold" }, { "Heather", "heather" },
        { "Henry", "henry" }, { "Isaac", "isaac" }, { "Isabella", "isabella" }, { "Jack", "jack" },
        { "James", "james" }, { "Jennifer", "jennifer" }, { "Jo", "jo" }, { "John", "john" },
        { "Joseph", "joseph" }, { "Kathleen", "kathleen" }, { "Keith", "keith" }, { "Laura", "laura" },
        { "Liam", "liam" }, { "Linda", "linda" }, { "Margaret", "margaret" }, { "Mary Ann", "maryann" },
        { "Mary-Jane", "mary-jane" }, { "Matthew", "matthew" }, { "Michael", "michael" }, { "Nathan", "nathan" },
        { "Nora", "nora" }, { "Oliver", "oliver" }, { "Patricia", "patricia" }, { "Peter", "peter" },
        { "Rachel", "rachel" }, { "Robert", "robert" }, { "Ruth", "ruth" }, { "Samuel", "samuel" },
        { "Sarah", "sarah" }, { "Sean", "sean" }, { "Sophie", "sophie" }, { "Stephen", "stephen" },
        { "Susan", "susan" }, { "Theodore", "theodore" }, { "Victoria", "victoria" }, { "William", "william" },
        { "Zoë", "zoe" },
};
LIST(en_family) {
        { "Adams", "adams" }, { "Allen", "allen" }, { "Baker", "baker" }, { "Bell", "bell" },
        { "Bennett", "bennett" }, { "Brown", "brown" }, { "Campbell", "campbell" }, { "Carter", "carter" },
        { "Clark", "clark" }, { "Collins", "collins" }, { "Cooper", "cooper" }, { "Davies", "davies" },
        { "Edwards", "edwards" }, { "Evans", "evans" }, { "Fitzgerald", "fitzgerald" }, { "Foster", "foster" },
        { "Gallagher", "gallagher" }, { "Gray", "gray" }, { "Green", "green" }, { "Hall", "hall" },
        { "Harris", "harris" }, { "Hayes", "hayes" }, { "Hill", "hill" }, { "Hughes", "hughes" },
        { "Jackson", "jackson" }, { "Johnson", "johnson" }, { "Jones", "jones" }, { "Kelly", "kelly" },
        { "Lewis", "lewis" }, { "MacDonald", "macdonald" }, { "Martin-Hughes", "martin-hughes" },
        { "McCarthy", "mccarthy" }, { "Mitchell", "mitchell" }, { "Moore", "moore" }, { "Morgan", "morgan" },
        { "Murphy", "murphy" }, { "Nelson", "nelson" }, { "O'Brien", "obrien" }, { "O'Connor", "oconnor" },
        { "O'Neill", "oneill" }, { "Parker", "parker" }, { "Phillips", "phillips" }, { "Quinn", "quinn" },
        { "Reed", "reed" }, { "Roberts", "roberts" }, { "Robinson", "robinson" }, { "Ross", "ross" },
        { "Ryan", "ryan" }, { "Scott", "scott" }, { "Smith", "smith" }, { "Smith-Jones", "smith-jones" },
        { "St. John", "stjohn" }, { "Stewart", "stewart" }, { "Taylor", "taylor" }, { "Thompson", "thompson" },
        { "Turner", "turner" }, { "Walker", "walker" }, { "Ward", "ward" }, { "Watson", "watson" },
        { "Wright", "wright" },
};
LIST(nordic_given) {
        { "Åsa", "asa" }, { "Anders", "anders" }, { "Astrid", "astrid" }, { "Björn", "bjorn" },
        { "Bjørn", "bjoern" }, { "Ebba", "ebba" }, { "Eivind", "eivind" }, { "Elin", "elin" },
        { "Freja", "freja" }, { "Göran", "goran" }, { "Gunnar", "gunnar" }, { "Håkon", "haakon" },
        { "Hanne", "hanne" }, { "Ingrid", "ingrid" }, { "Jørgen", "jorgen" }, { "Kåre", "kare" },
        { "Karin", "karin" }, { "Lars", "lars" }, { "Liv", "liv" }, { "Märta", "marta" },
        { "Mette", "mette" }, { "Niels", "niels" }, { "Øystein", "oystein" }, { "Päivi", "paivi" },
        { "Per-Erik", "per-erik" }, { "Sigrún", "sigrun" }, { "Søren", "soren" }, { "Þórdís", "thordis" },
        { "Tuomas", "tuomas" }, { "Väinö", "vaino" },
};
LIST(nordic_family) {
        { "Ågren", "agren" }, { "Andersson", "andersson" }, { "Åström", "astrom" }, { "Bergström", "bergstrom" },
        { "Bjørnstad", "bjornstad" }, { "Dahl", "dahl" }, { "Eriksson", "eriksson" }, { "Forsberg", "forsberg" },
        { "Grønbæk", "gronbaek" }, { "Hägglund", "hagglund" }, { "Hansen", "hansen" }, { "Holm", "holm" },
        { "Jónsdóttir", "jonsdottir" }, { "Kjær", "kjaer" }, { "Korhonen", "korhonen" }, { "Lindqvist", "lindqvist" },
        { "Löfgren", "lofgren" }, { "Mäkinen", "makinen" }, { "Mørk", "mork" }, { "Nyström", "nystrom" },
        { "Ødegård", "odegard" }, { "Öberg", "oberg" }, { "Rasmussen", "rasmussen" }, { "Sjöberg", "sjoberg" },
        { "Skjæveland", "skjaeveland" }, { "Sørensen", "sorensen" }, { "Strøm", "strom" }, { "Vestergaard", "vestergaard" },
        { "Virtanen", "virtanen" }, { "von Essen", "vonessen" },
};
LIST(de_given) {
        { "Anja", "anja" }, { "Bärbel", "baerbel" }, { "Birgit", "birgit" }, { "Dieter", "dieter" },
        { "Franziska", "franziska" }, { "Günther", "guenther" }, { "Hans-Jürgen", "hans-juergen" },
        { "Heike", "heike" }, { "Jörg", "joerg" }, { "Jürgen", "juergen" }, { "Käthe", "kaethe" },
        { "Karl-Heinz", "karl-heinz" }, { "Lukas", "lukas" }, { "Matthias", "matthias" }, { "Monika", "monika" },
        { "Ralf", "ralf" }, { "Sabine", "sabine" }, { "Stefan", "stefan" }, { "Sören", "soeren" },
        { "Susanne", "susanne" }, { "Thomas", "thomas" }, { "Ulrike", "ulrike" }, { "Uwe", "uwe" },
        { "Wolfgang", "wolfgang" },
};
LIST(de_family) {
        { "Bäcker", "baecker" }, { "Becker", "becker" }, { "Böhm", "boehm" }, { "Fischer", "fischer" },
        { "Freiherr von Stein", "freiherr-von-stein" }, { "Groß", "gross" }, { "Hofmann", "hofmann" },
        { "Jäger", "jaeger" }, { "Kaiser", "kaiser" }, { "Köhler", "koehler" }, { "König", "koenig" },
        { "Krüger", "krueger" }, { "Lehmann", "lehmann" }, { "Meyer", "meyer" }, { "Müller", "mueller" },
        { "Müller-Lüdenscheidt", "mueller-luedenscheidt" }, { "Neumann", "neumann" }, { "Richter", "richter" },
        { "Schäfer", "schaefer" }, { "Schmidt", "schmidt" }, { "Schröder", "schroeder" }, { "Weiß", "weiss" },
        { "Wolf", "wolf" }, { "zu Hohenberg", "zuhohenberg" },
};
LIST(pl_given) {
        { "Agnieszka", "agnieszka" }, { "Bartłomiej", "bartlomiej" }, { "Božena", "bozena" }, { "Grażyna", "grazyna" },
        { "Jiří", "jiri" }, { "Katarzyna", "katarzyna" }, { "Łukasz", "lukasz" }, { "Małgorzata", "malgorzata" },
        { "Michał", "michal" }, { "Paweł", "pawel" }, { "Stanisław", "stanislaw" }, { "Šárka", "sarka" },
        { "Tomáš", "tomas" }, { "Wojciech", "wojciech" }, { "Żaneta", "zaneta" }, { "Zdeněk", "zdenek" },
};
LIST(pl_family) {
        { "Dąbrowski", "dabrowski" }, { "Dvořák", "dvorak" }, { "Gołąb", "golab" }, { "Jabłoński", "jablonski" },
        { "Kaczmarek", "kaczmarek" }, { "Kowalczyk", "kowalczyk" }, { "Krawczyk", "krawczyk" }, { "Lewandowska", "lewandowska" },
        { "Łuczak", "luczak" }, { "Novotná", "novotna" }, { "Nowak", "nowak" }, { "Piątek", "piatek" },
        { "Śliwiński", "sliwinski" }, { "Świątek", "swiatek" }, { "Wójcik", "wojcik" }, { "Žižka", "zizka" },
};
LIST(fr_given) {
        { "Amélie", "amelie" }, { "André", "andre" }, { "Anaïs", "anais" }, { "Benoît", "benoit" },
        { "Chloé", "chloe" }, { "Élodie", "elodie" }, { "François", "francois" }, { "Gaëlle", "gaelle" },
        { "Hélène", "helene" }, { "Jean-Luc", "jean-luc" }, { "Jérôme", "jerome" }, { "Loïc", "loic" },
        { "Marie-Thérèse", "marie-therese" }, { "Noël", "noel" }, { "Océane", "oceane" }, { "Thibault", "thibault" },
};
LIST(fr_family) {
        { "Beaumont", "beaumont" }, { "Bélanger", "belanger" }, { "Côté", "cote" }, { "D'Amours", "damours" },
        { "de La Fontaine", "delafontaine" }, { "Dubois", "dubois" }, { "Dupré", "dupre" }, { "Fournier", "fournier" },
        { "François-Poncet", "francois-poncet" }, { "Garçon", "garcon" }, { "L'Hôpital", "lhopital" },
        { "Lefèvre", "lefevre" }, { "Moreau", "moreau" }, { "Pelletier", "pelletier" }, { "Rousseau", "rousseau" },
        { "Sœur", "soeur" },
};
LIST(es_given) {
        { "Alejandro", "alejandro" }, { "Ángel", "angel" }, { "Beatriz", "beatriz" }, { "Concepción", "concepcion" },
        { "Íñigo", "inigo" }, { "Inês", "ines" }, { "João", "joao" }, { "José María", "josemaria" },
        { "Lourdes", "lourdes" }, { "Luís", "luis" }, { "María", "maria" }, { "Nuño", "nuno" },
        { "Pilar", "pilar" }, { "Ramón", "ramon" }, { "Sebastián", "sebastian" }, { "Simão", "simao" },
};
LIST(es_family) {
        { "Álvarez", "alvarez" }, { "Castañeda", "castaneda" }, { "Conceição", "conceicao" }, { "da Silva", "dasilva" },
        { "de la Peña", "delapena" }, { "Fernández", "fernandez" }, { "García Márquez", "garcia-marquez" },
        { "Gonçalves", "goncalves" }, { "Ibáñez", "ibanez" }, { "López Muñoz", "lopez-munoz" }, { "Magalhães", "magalhaes" },
        { "Núñez", "nunez" }, { "Ortega y Gasset", "ortega-gasset" }, { "Pérez", "perez" }, { "Rodríguez", "rodriguez" },
        { "Zúñiga", "zuniga" },
};
LIST(el_given) {
        { "Αθηνά", "athina" }, { "Γιώργος", "giorgos" }, { "Δημήτρης", "dimitris" }, { "Ελένη", "eleni" },
        { "Κωνσταντίνος", "konstantinos" }, { "Μαρία", "maria" }, { "Νίκος", "nikos" }, { "Σοφία", "sofia" },
};
LIST(el_family) {
        { "Αγγελόπουλος", "angelopoulos" }, { "Βασιλείου", "vasileiou" }, { "Γεωργίου", "georgiou" },
        { "Δημητρίου", "dimitriou" }, { "Καραγιάννης", "karagiannis" }, { "Νικολάου", "nikolaou" },
        { "Παπαδόπουλος", "papadopoulos" }, { "Χριστοδούλου", "christodoulou" },
};
LIST(ru_given) {
        { "Александр", "aleksandr" }, { "Анна", "anna" }, { "Дмитрий", "dmitry" }, { "Екатерина", "ekaterina" },
        { "Їванна", "yivanna" }, { "Ольга", "olga" }, { "Сергей", "sergey" }, { "Юлия", "yulia" },
};
LIST(ru_family) {
        { "Бондаренко", "bondarenko" }, { "Волков", "volkov" }, { "Иванова", "ivanova" }, { "Кузнецов", "kuznetsov" },
        { "Петрова", "petrova" }, { "Соколов", "sokolov" }, { "Шевченко", "shevchenko" }, { "Щербакова", "shcherbakova" },
};
LIST(zh_given) {
        { "伟", "wei" }, { "芳", "fang" }, { "秀英", "xiuying" }, { "娜", "na" },
        { "敏", "min" }, { "静", "jing" }, { "强", "qiang" }, { "建国", "jianguo" },
};
LIST(zh_family) {
        { "王", "wang" }, { "李", "li" }, { "张", "zhang" }, { "刘", "liu" },
        { "陈", "chen" }, { "欧阳", "ouyang" }, { "赵", "zhao" }, { "𠮷", "ji" },
};
LIST(ja_given) {
        { "大輔", "daisuke" }, { "花子", "hanako" }, { "健太", "kenta" }, { "さくら", "sakura" },
        { "陽菜", "hina" }, { "蓮", "ren" }, { "美咲", "misaki" }, { "ユウキ", "yuki" },
};
LIST(ja_family) {
        { "佐藤", "sato" }, { "鈴木", "suzuki" }, { "高橋", "takahashi" }, { "渡邊", "watanabe" },
        { "髙田", "takada" }, { "伊藤", "ito" }, { "小林", "kobayashi" }, { "𠮷田", "yoshida" },
};
LIST(ar_given) {
        { "محمد", "mohammed" }, { "فاطمة", "fatima" }, { "أحمد", "ahmad" }, { "ليلى", "layla" },
        { "يوسف", "yusuf" }, { "نور", "nour" }, { "خالد", "khalid" }, { "مريم", "maryam" },
};
LIST(ar_family) {
        { "العلي", "alali" }, { "الحسن", "alhassan" }, { "منصور", "mansour" }, { "حداد", "haddad" },
        { "خوري", "khoury" }, { "بن سعيد", "binsaid" }, { "الشريف", "alsharif" }, { "ناصر", "nasser" },
};
LIST(tr_given) {
        { "Ayşe", "ayse" }, { "Çağla", "cagla" }, { "Gülşen", "gulsen" }, { "İbrahim", "ibrahim" },
        { "Işıl", "isil" }, { "Oğuz", "oguz" }, { "Şükrü", "sukru" }, { "Yiğit", "yigit" },
};
LIST(tr_family) {
        { "Açıkgöz", "acikgoz" }, { "Çelik", "celik" }, { "Demirtaş", "demirtas" }, { "Güneş", "gunes" },
        { "İnönü", "inonu" }, { "Öztürk", "ozturk" }, { "Şahin", "sahin" }, { "Yıldırım", "yildirim" },
};
LIST(in_given) {
        { "Aditi", "aditi" }, { "Arjun", "arjun" }, { "Deepika", "deepika" }, { "Karthik", "karthik" },
        { "Lakshmi", "lakshmi" }, { "Priya", "priya" }, { "Rahul", "rahul" }, { "Suresh", "suresh" },
};
LIST(in_family) {
        { "Banerjee", "banerjee" }, { "Chaudhary", "chaudhary" }, { "Iyer", "iyer" }, { "Krishnamurthy", "krishnamurthy" },
        { "Mehta", "mehta" }, { "Patel", "patel" }, { "Sharma", "sharma" }, { "Venkataraman", "venkataraman" },
};

#define COUNT(list) (uint32_t)(sizeof(list) / sizeof(list)[0])
#define SPOKEN(tag, list) .code = (tag), .given = list##_given, .givens = COUNT(list##_given), \
        .family = list##_family, .families = COUNT(list##_family)

const struct tongue tongues[TONGUES] = {
        { SPOKEN("en-US", en),     .share = 22, .places = { 0, 1, 2, 3 } },
        { SPOKEN("sv-SE", nordic), .share = 8,  .places = { 4, 5, 6, 7 } },
        { SPOKEN("de-DE", de),     .share = 8,  .places = { 8, 9, 10, 8 } },
        { SPOKEN("pl-PL", pl),     .share = 4,  .places = { 11, 12, 11, 12 } },
        { SPOKEN("fr-FR", fr),     .share = 4,  .places = { 13, 14, 13, 13 } },
        { SPOKEN("es-ES", es),     .share = 4,  .places = { 15, 16, 15, 16 } },
        { SPOKEN("el-GR", el),     .share = 2,  .places = { 17, 17, 17, 17 } },
        { SPOKEN("uk-UA", ru),     .share = 2,  .places = { 18, 18, 8, 11 } },
        { SPOKEN("zh-CN", zh),     .share = 2,  .family_first = true, .places = { 19, 20, 19, 19 } },
        { SPOKEN("ja-JP", ja),     .share = 2,  .family_first = true, .places = { 21, 21, 21, 21 } },
        { SPOKEN("ar-AE", ar),     .share = 2,  .places = { 22, 22, 22, 13 } },
        { SPOKEN("tr-TR", tr),     .share = 2,  .places = { 23, 23, 8, 23 } },
        { SPOKEN("hi-IN", in),     .share = 2,  .places = { 24, 24, 0, 24 } },
};

/* Whether a plain form occurs in both lists (in one: twice). */
static bool
clash(const struct name *a, uint32_t n, const struct name *b, uint32_t m)
{
        for (uint32_t i = 0; i < n; i++)
                for (uint32_t j = a == b ? i + 1 : 0; j < m; j++)
                        if (strcmp(a[i].plain, b[j].plain) == 0)
                                return true;
        return false;
}

const char *
names_check(void)
{
        uint32_t shares = 0;

        for (int i = 0; i < TONGUES; i++) {
                const struct tongue *t = &tongues[i];

                shares += t->share;
                if (clash(t->given, t->givens, t->given, t->givens) ||
                    clash(t->family, t->families, t->family, t->families))
                        return "two names of one language have the same plain form";
                for (int j = i + 1; j < TONGUES; j++)
                        if (clash(t->given, t->givens, tongues[j].given, tongues[j].givens) &&
                            clash(t->family, t->families, tongues[j].family, tongues[j].families))
                                return "two languages share a given and a family name";
        }
        return shares == TONGUE_SHARES ? NULL : "the shares of the languages are not 64 in all";
}
