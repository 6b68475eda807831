/* places.c - where people work, at what, and under which licences.
 *
 * Telephone numbers are from the ranges that the regulators keep free for
 * fiction, or take the American and British ones where there is none, or too
 * few for mobile phones of which each is somebody's own; mail domains end in
 * .example. */
#include "places.h"

#include <stddef.h>

#define US_MOBILE "+1 2## 555 01##"
#define UK_DESK "+44 1632 960###"
#define UK_MOBILE "+44 7700 900###"

const struct place places[PLACES] = {
        { "New York", "NY", "United States", "US", "100##", "Water Street", US_MOBILE, "+1 212 555 01##" },
        { "London", NULL, "United Kingdom", "GB", "EC#A #AB", "Fleet Lane", UK_MOBILE, "+44 20 7946 0###" },
        { "Dublin", "Leinster", "Ireland", "IE", "D0# A#X#", "St. Stephen's Row", UK_MOBILE, UK_DESK },
        { "Seattle", "WA", "United States", "US", "981##", "Pine Street", US_MOBILE, "+1 206 555 01##" },
        { "Malmö", "Skåne", "Sweden", "SE", "211 ##", "Östra Förstadsgatan", UK_MOBILE, "+46 8 465 004 ##" },
        { "København", NULL, "Denmark", "DK", "21##", "Østerbrogade", UK_MOBILE, UK_DESK },
        { "Tromsø", "Troms", "Norway", "NO", "90##", "Sjøgata", UK_MOBILE, UK_DESK },
        { "Jyväskylä", NULL, "Finland", "FI", "401##", "Väinönkatu", UK_MOBILE, UK_DESK },
        { "München", "Bayern", "Germany", "DE", "803##", "Löwengrube", UK_MOBILE, "+49 89 99998 ###" },
        { "Köln", "Nordrhein-Westfalen", "Germany", "DE", "506##", "Große Neugasse", UK_MOBILE, "+49 221 4710 ###" },
        { "Zürich", "ZH", "Switzerland", "CH", "80##", "Bärengasse", UK_MOBILE, UK_DESK },
        { "Łódź", "łódzkie", "Poland", "PL", "90-0##", "ulica Piotrkowska", UK_MOBILE, UK_DESK },
        { "Plzeň", NULL, "Czech Republic", "CZ", "301 ##", "Koterovská", UK_MOBILE, UK_DESK },
        { "Besançon", "Bourgogne-Franche-Comté", "France", "FR", "250##", "rue de l'Hôtel de Ville", "+33 6 39 98 ## ##", "+33 3 53 01 ## ##" },
        { "Montréal", "Québec", "Canada", "CA", "H#Y #B#", "rue Saint-Antoine", US_MOBILE, "+1 514 555 01##" },
        { "A Coruña", "Galicia", "Spain", "ES", "150##", "Rúa da Estrela", UK_MOBILE, UK_DESK },
        { "São Paulo", "SP", "Brazil", "BR", "013##-0##", "Avenida São João", US_MOBILE, "+1 305 555 01##" },
        { "Αθήνα", NULL, "Greece", "GR", "105 ##", "Ερμού", UK_MOBILE, UK_DESK },
        { "Київ", NULL, "Ukraine", "UA", "010##", "вулиця Хрещатик", UK_MOBILE, UK_DESK },
        { "上海", "上海市", "China", "CN", "2000##", "南京东路", US_MOBILE, UK_DESK },
        { "Singapore", NULL, "Singapore", "SG", "0485##", "Raffles Place", US_MOBILE, UK_DESK },
        { "東京", "東京都", "Japan", "JP", "100-00##", "丸の内", US_MOBILE, UK_DESK },
        { "دبي", NULL, "United Arab Emirates", "AE", "000##", "شارع الوصل", UK_MOBILE, UK_DESK },
        { "İstanbul", NULL, "Türkiye", "TR", "344##", "İstiklal Caddesi", UK_MOBILE, UK_DESK },
        { "Bengaluru", "Karnataka", "India", "IN", "5600##", "M.G. Road", UK_MOBILE, UK_DESK },
};

const struct trade trades[TRADES] = {
        { "Finance", { "Controlling", "Treasury", "Tax, Audit", "Accounts" },
          { "Accountant", "Financial Analyst", "Controller", "Payroll Specialist" }, "10" },
        { "Sales", { "Inside Sales", "Key Accounts", "Channel+Partners", "Sales Operations" },
          { "Account Executive", "Sales Engineer", "Sales Representative", "Account Manager" }, "20" },
        { "Engineering", { "Platform", "Quality", "Tools", "C++ Guild" },
          { "Software Engineer", "Test Engineer", "Systems Engineer", "Software Engineer (C#)" }, "30" },
        { "R&D, Hardware", { "Optics", "Boards, Power", "Firmware", "Lab #2" },
          { "Hardware Engineer", "Research Scientist", "Technician", "Physicist" }, "31" },
        { "Marketing", { "Brand", "Events", "Web", "Communications" },
          { "Marketing Specialist", "Copywriter", "Designer", "Event Planner" }, "21" },
        { "Human Resources", { "Recruiting", "Learning", "Payroll", "People Partners" },
          { "HR Generalist", "Recruiter", "HR Business Partner", "Trainer" }, "40" },
        { "Information Technology", { "Service Desk", "Networks", "Identity", "Workplace" },
          { "System Administrator", "Support Analyst", "Network Engineer", "Security Analyst" }, "41" },
        { "Operations", { "Logistics", "Facilities", "Production", "Fleet" },
          { "Operations Specialist", "Warehouse Clerk", "Dispatcher", "Facility Coordinator" }, "50" },
        { "Customer Service", { "First Line", "Second Line", "Returns", "Field Service" },
          { "Customer Advisor", "Service Agent", "Field Technician", "Complaints Handler" }, "51" },
        { "Legal & Compliance", { "Contracts", "Privacy", "Trade", "Litigation" },
          { "Counsel", "Paralegal", "Compliance Officer", "Contract Manager" }, "60" },
        { "Purchasing", { "Direct", "Indirect", "Travel", "Contracts" },
          { "Buyer", "Category Manager", "Purchasing Assistant", "Supplier Manager" }, "52" },
        { "Forschung \\\"Zukunft\\\"", { "Werkstoffe", "Datenräume", "KI", "Modellbau" },
          { "Scientist", "Doctoral Candidate", "Laborant/in", "Data Scientist" }, "32" },
};

const struct plan plans[PLANS] = {
        { "exchange", "efb87545-963c-4e0d-99df-69c6916d9eb0" },
        { "SharePoint", "5dbe027f-2339-4123-9542-606e4d348a72" },
        { "TeamspaceAPI", "57ff2da0-773e-42df-b2af-ffb7a2317929" },
        { "MicrosoftOffice", "43de0ff5-c92c-492b-9116-175376d08c38" },
};

const char *const skus[SKUS] = {
        "6fd2c87f-b296-42f0-b197-1e91e994b900",
        "05e9a617-0261-4cee-bb44-138d3ef5d965",
        "4b585984-651b-448a-9e53-3b10f069cf7f",
};

const char *const partners[PARTNERS] = {
        "fabrikam.example", "northwind.example", "litware.example",
        "tailspin.example", "proseware.example", "wingtip.example",
};
