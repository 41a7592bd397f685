import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.text import protection
from publisher.text.typography import typeset

# In the tables: ~ is U+00A0, ^ is U+202F; what the officer types has plain spaces, or these two written out.
NO_BREAK, THIN = "\u00a0", "\u202f"


def shown(text):
    return text.replace(NO_BREAK, "~").replace(THIN, "^")


SPACES_BEFORE_SIGNS = [
    ("Bonjour !", "Bonjour^!"),
    ("Bonjour!", "Bonjour^!"),
    ("Bonjour\u00a0!", "Bonjour^!"),
    ("Bonjour   !", "Bonjour^!"),
    ("Pourquoi ? Parce que ; voilà.", "Pourquoi^? Parce que^; voilà."),
    ("Quoi ?!", "Quoi^?!"),
    ("Quoi ? !", "Quoi^?!"),
    ("Bravo !!!", "Bravo^!!!"),
    ("Bravo ! ! !", "Bravo^!!!"),
    ("Vraiment…!", "Vraiment…^!"),
    ("Oui (?) ou non (!)", "Oui (?) ou non (!)"),
    ("Est-ce vrai [?]", "Est-ce vrai [?]"),
    ("(sic) !", "(sic)^!"),
    ("(Venez nombreux !)", "(Venez nombreux^!)"),
    ("Tarif : 5 euros", "Tarif~: 5~euros"),
    ("Tarif: gratuit", "Tarif~: gratuit"),
    ("Contact :", "Contact~:"),
    ("Contact:\nmairie", "Contact~:\nmairie"),
    ("Contact\u202f: mairie", "Contact~: mairie"),
    ("Contact\u2009: mairie", "Contact~: mairie"),
    ("a:b", "a:b"),
    ("a::b ::", "a::b ::"),
    ("si a != b", "si a != b"),
    ("Mairie (accueil :)", "Mairie (accueil :)"),
    ("! Attention", "! Attention"),
    ("¿Qué?", "¿Qué^?"),
    ("Fête 🎉 !", "Fête 🎉^!"),
    ("Réunion/débat ?", "Réunion/débat^?"),
    ("Oui\t!", "Oui\t!"),
]

QUOTES = [
    ("« Les amis »", "«~Les amis~»"),
    ("«Les amis»", "«~Les amis~»"),
    ("«  Les amis  »", "«~Les amis~»"),
    ("«\u202fLes amis\u202f»", "«^Les amis^»"),
    ("« Venez ! »", "«~Venez^!~»"),
    ("«Venez!»", "«~Venez^!~»"),
    ("« Oui », dit-elle.", "«~Oui~», dit-elle."),
    ("« Oui » ?", "«~Oui~»^?"),
    ('Le forum "Vivre ici" ouvre.', "Le forum «~Vivre ici~» ouvre."),
    ('"Oui", dit-elle.', "«~Oui~», dit-elle."),
    ('Il dit " oui " et " non ".', "Il dit «~oui~» et «~non~»."),
    ('("Vivre ici")', "(«~Vivre ici~»)"),
    ('"Il a dit "oui" hier."', "«~Il a dit “oui” hier.~»"),
    ('"Il a dit "oui""', "«~Il a dit “oui”~»"),
    ('« Il a dit "oui" hier »', "«~Il a dit “oui” hier~»"),
    ('"Il a dit « oui » hier"', "«~Il a dit «~oui~» hier~»"),
    ('l\'"école" et d\'"été"', "l’«~école~» et d’«~été~»"),
    ("l'« école »", "l’«~école~»"),
    ("qu'“ici”", "qu’“ici”"),
    ('"Agenda 2030"', "«~Agenda 2030~»"),
    ('"Agenda 2030" et "Plan 2050"', "«~Agenda 2030~» et «~Plan 2050~»"),
    ('un écran 17" neuf', 'un écran 17" neuf'),
    ('un "écran 17" neuf" ici', 'un «~écran 17" neuf~» ici'),
    ('17" et 19"', '17" et 19"'),
    ("6'30\" et 10'", "6'30\" et 10'"),
    ('un seul " ici', 'un seul " ici'),
    ('"sans fin', '"sans fin'),
    ('mot"mot', 'mot"mot'),
    ('rien ""', 'rien ""'),
    ("« sans fin", "«~sans fin"),
    ("“Hello,” he said.", "“Hello,” he said."),
    ("„Guten Tag“", "„Guten Tag“"),
    ('"un\n\ndeux"', '"un\n\ndeux"'),
    ('"un\ndeux"', "«~un\ndeux~»"),
    ('- "un\n- deux"', '- "un\n- deux"'),
    ('> "un\n> deux"', "> «~un\n> deux~»"),
    ('| "a" | "b |', '| «~a~» | "b |'),
    ('dit-il,"oui"', "dit-il,«~oui~»"),
    ('**"Vivre"** "*ici*" _"là"_', "**«~Vivre~»** «~*ici*~» _«~là~»_"),
    ('"[Vivre ici](https://ville.example)"', "«~[Vivre ici](https://ville.example)~»"),
    ('"@mairie" et "https://ville.example"', "«~@mairie~» et «~https://ville.example~»"),
    ('« un "deux » trois"', '«~un "deux~» trois"'),
    ('un " deux » trois "', 'un " deux~» trois "'),
]

APOSTROPHES = [
    ("l'été d'Yvon", "l’été d’Yvon"),
    ("L'ÉTÉ JUSQU'AU SOIR", "L’ÉTÉ JUSQU’AU SOIR"),
    ("aujourd'hui", "aujourd’hui"),
    ("l’été", "l’été"),
    ("l'11 juillettiste", "l’11 juillettiste"),
    ("**d'**Ivry", "**d’**Ivry"),
    ("l'**école**", "l’**école**"),
    ("*l'*école", "*l’*école"),
    ("d'[Ivry](https://ville.example)", "d’[Ivry](https://ville.example)"),
    ("d'<b>Ivry</b>", "d’<b>Ivry</b>"),
    ("d'agenda.fr", "d’agenda.fr"),
    ("l'@office et l'`outil`", "l’@office et l’`outil`"),
    ("'mot'", "'mot'"),
    ("l'un dit 'oui'.", "l’un dit 'oui'."),
    ("« l'un dit 'oui' à l'autre »", "«~l’un dit “oui” à l’autre~»"),
    ("\"C'est 'très bien', dit-il\"", "«~C’est “très bien”, dit-il~»"),
    ("« 'Vivre' : (*'là'*) »", "«~“Vivre”~: (*“là”*)~»"),
    ("« du rock 'n' roll des années '90 »", "«~du rock 'n' roll des années '90~»"),
    ("« un 'seul » mot'", "«~un 'seul~» mot'"),
    ("les années '90", "les années '90"),
    ("rock'n'roll", "rock’n’roll"),
    ("l'&eacute;cole", "l’&eacute;cole"),
    ("l\\'école", "l\\'école"),
]

DASHES_DOTS_AND_PARENTHESES = [
    ("Julie Pons, directrice - 01", "Julie Pons, directrice – 01"),
    ("Julie Pons -- directrice", "Julie Pons – directrice"),
    ("> Venez.\n> -- Julie Pons", "> Venez.\n> – Julie Pons"),
    ("-- Julie Pons", "– Julie Pons"),
    ("-- \nJulie", "-- \nJulie"),
    ("--option", "--option"),
    ("mot -", "mot –"),
    ("mot – mot — mot", "mot – mot — mot"),
    ("après-midi, mot- mot, -5", "après-midi, mot- mot, -5"),
    ("Oui...", "Oui…"),
    ("Oui ...", "Oui…"),
    ("Rendez-vous ... demain", "Rendez-vous… demain"),
    ("Oui....", "Oui...."),
    ("Oui. . .", "Oui. . ."),
    ("(jeunesse, culture...)", "(jeunesse, culture…)"),
    ("(...) et [...]", "(…) et […]"),
    ("…et puis", "…et puis"),
    ("« ... et puis", "«~… et puis"),
    ("sport, etc...", "sport, etc."),
    ("sport, etc…", "sport, etc."),
    ("sport, etc. ...", "sport, etc."),
    ("sport, etc., etc.", "sport, etc., etc."),
    ("Etc...", "Etc."),
    ("Oui , non .", "Oui, non."),
    ("Oui ,5 et .gitignore", "Oui ,5 et .gitignore"),
    ("( ici )", "(ici)"),
    ("(  ici, là )", "(ici, là)"),
    ("( )", "( )"),
    ("deux  espaces   ici", "deux espaces ici"),
]

NUMBERS = [
    ("12 500 habitants", "12^500 habitants"),
    ("1 000 000 d'euros", "1^000^000 d’euros"),
    ("12\u00a0500 habitants", "12^500 habitants"),
    ("12500 habitants", "12500 habitants"),
    ("En 2026 250 personnes", "En 2026 250 personnes"),
    ("2026 250 300", "2026 250 300"),
    ("12 34 567", "12 34 567"),
    ("1 500 25", "1 500 25"),
    ("3,250 500", "3,250 500"),
    ("12 500,50 €", "12^500,50~€"),
    ("de 12 500 à 13 000 €", "de 12^500 à 13^000~€"),
    ("85%", "85~%"),
    ("85 %", "85~%"),
    ("85\u202f%", "85^%"),
    ("**85** %, *85*%", "**85**~%, *85*~%"),
    ("85\u2009%, 3\u2009km", "85~%, 3~km"),
    ("5‰", "5~‰"),
    ("50€, 1,5M€, 3 Md€, 12 k€", "50~€, 1,5~M€, 3~Md€, 12~k€"),
    ("5€/3€", "5~€/3~€"),
    ("20°C, 20 °C, 45°", "20~°C, 20~°C, 45°"),
    ("100%25", "100%25"),
    ("12 km, 12km, 5 m², 5m², 3 kg, 8mm", "12~km, 12~km, 5~m², 5~m², 3~kg, 8~mm"),
    ("150 m. Le", "150~m. Le"),
    ("90 km/h, 3 ha, 2 L, 30 min, 12 kWh", "90~km/h, 3~ha, 2~L, 30~min, 12~kWh"),
    ("20 ans, 1 an, 2 euros, 3 millions, 4 milliards", "20~ans, 1~an, 2~euros, 3~millions, 4~milliards"),
    ("4 élus et 3 antennes", "4 élus et 3 antennes"),
    ("3 L'équipe", "3 L’équipe"),
    ("A4, 4K, 5G, 3D, CO2, H2O, 5e, 2ème", "A4, 4K, 5G, 3D, CO2, H2O, 5e, 2ème"),
    ("14 h 30, 18 h, 14h30", "14~h~30, 18~h, 14h30"),
    ("de 9 h à 12 h", "de 9~h à 12~h"),
    ("14:30, 16:9, 3:1, 12:30:45", "14:30, 16:9, 3:1, 12:30:45"),
    ("à 14:30 250 personnes", "à 14:30 250 personnes"),
    ("score 3:1 !", "score 3:1^!"),
    ("01 99 00 12 34", "01~99~00~12~34"),
    ("Tél. : 01 99 00 12 34.", "Tél.~: 01~99~00~12~34."),
    ("+33 1 99 00 12 34", "+33~1~99~00~12~34"),
    ("+33 (0)1 99 00 12 34", "+33~(0)1~99~00~12~34"),
    ("0 800 123 456, 0800 123 456, 08 00 12 34 56", "0~800~123~456, 0800~123~456, 08~00~12~34~56"),
    ("0 800 12 34 56", "0~800~12~34~56"),
    ("01.99.00.12.34 ou 0199001234", "01.99.00.12.34 ou 0199001234"),
    ("SIRET 219 400 411 00013", "SIRET 219 400 411 00013"),
    ("1er mai, 24 septembre 2026, 3 Août", "1er~mai, 24~septembre 2026, 3~Août"),
    ("du 27 au 30 sept. 2026", "du 27 au 30~sept. 2026"),
    ("2026 mars", "2026 mars"),
    ("3 marsouins", "3 marsouins"),
]

ABBREVIATIONS = [
    ("n° 3, N° 12, n°3, n° A12", "n°~3, N°~12, n°~3, n°~A12"),
    ("n° de lot", "n°~de lot"),
    ("§ 3", "§~3"),
    ("art. 5, p. 12, pp. 12-14, chap. 2", "art.~5, p.~12, pp.~12-14, chap.~2"),
    ("art. L2121", "art.~L2121"),
    ("M. Dupont et Mme Élise Œuvrard", "M.~Dupont et Mme~Élise Œuvrard"),
    ("MM. Dupont, Mlle Roy, Dr Roy, Pr Roy, Me Roy", "MM.~Dupont, Mlle~Roy, Dr~Roy, Pr~Roy, Me~Roy"),
    ("M. **Dupont**", "M.~**Dupont**"),
    ("Mme la maire", "Mme la maire"),
    ("M.Dupont", "M.Dupont"),
    ("un budget de 3 M. Le maire", "un budget de 3 M. Le maire"),
    ("le XXe siècle, au XIXᵉ siècle", "le XXe~siècle, au XIXᵉ~siècle"),
    ("en 52 av. J.-C.", "en 52 av.~J.-C."),
]

PRESS_OFFICES = [
    ("M. le maire recevra Mme la préfète.", "M. le maire recevra Mme la préfète."),
    ('« Il a dit "non" », note-t-elle.', "«~Il a dit “non”~», note-t-elle."),
    ('"Il a crié "Au feu !" et couru", dit-elle.', "«~Il a crié “Au feu^!” et couru~», dit-elle."),
    ("au n° 12 bis, n°3, N° 4 et nos 5 et 6", "au n°~12 bis, n°~3, N°~4 et nos 5 et 6"),
    ("le 1er mai, le 1er janvier 2027 et le 31 déc. 2026", "le 1er~mai, le 1er~janvier 2027 et le 31~déc. 2026"),
    ("à 20 h 30, 20h30, 20:30 et 20 h", "à 20~h~30, 20h30, 20:30 et 20~h"),
    ("3,5 M€, 12 k€, 3 Md€, 5€ et 5 €", "3,5~M€, 12~k€, 3~Md€, 5~€ et 5~€"),
    ("12 500 habitants, 1 240 000 €, en 2026 250 places", "12^500 habitants, 1^240^000~€, en 2026 250 places"),
    ("l'A86, l'E40, d'abord, aujourd'hui, prud'homme", "l’A86, l’E40, d’abord, aujourd’hui, prud’homme"),
    ("au XIXe siècle et au Ier siècle av. J.-C.", "au XIXe~siècle et au Ier~siècle av.~J.-C."),
    (
        "01 99 00 12 34, 06.39.98.12.34, +33 1 99 00 12 34, 0 800 123 456",
        "01~99~00~12~34, 06.39.98.12.34, +33~1~99~00~12~34, 0~800~123~456",
    ),
    ("Voir https://ville.example/a_(b)?c=d&e=f !", "Voir https://ville.example/a_(b)?c=d&e=f^!"),
    ("Bravo 🎉! Merci 👋 ?", "Bravo 🎉^! Merci 👋^?"),
    ("#FêteDesLanternes ! @mairie_valmont ?", "#FêteDesLanternes^! @mairie_valmont^?"),
    ("presse@ville.example : écrivez !", "presse@ville.example~: écrivez^!"),
    ("Livres, jeux, etc... et etc…", "Livres, jeux, etc. et etc."),
    ("Les écoles ; les crèches; les centres", "Les écoles^; les crèches^; les centres"),
    ("Quoi ?! Non !!! Si ?", "Quoi^?! Non^!!! Si^?"),
    ("Tarif: 5 € (3 € réduit) : gratuit :", "Tarif~: 5~€ (3~€ réduit)~: gratuit~:"),
    ("85% des 12,5 % et 3 ‰", "85~% des 12,5~% et 3~‰"),
    ("35 °C, 35°C, 45°, 30 km/h, 12kg", "35~°C, 35~°C, 45°, 30~km/h, 12~kg"),
    ("art. 5, p. 12, art. L2121-29, § 3", "art.~5, p.~12, art.~L2121-29, §~3"),
    ("Paris - Lyon, de 9 h - 12 h, sous-préfet", "Paris – Lyon, de 9~h – 12~h, sous-préfet"),
    ("- premier\n- second : oui\n* troisième !", "- premier\n- second~: oui\n* troisième^!"),
    ("( voir ici ) et [ là ]", "(voir ici) et [ là ]"),
    ('Il dit: "Oui".', "Il dit~: «~Oui~»."),
    ("L' école et l 'école", "L' école et l 'école"),
    ("« Bonjour! »", "«~Bonjour^!~»"),
    ("«Bonjour»", "«~Bonjour~»"),
    ('6\'30" et 17" de long', '6\'30" et 17" de long'),
    ("`code: x !` et **gras** !", "`code: x !` et **gras**^!"),
    ("**Attention :** travaux !", "**Attention~:** travaux^!"),
    ("[le site](https://ville.example/a:b) : oui !", "[le site](https://ville.example/a:b)~: oui^!"),
    ("Mme Roy, M.Roy, MM. Roy, Me Roy, Dr Roy", "Mme~Roy, M.Roy, MM.~Roy, Me~Roy, Dr~Roy"),
    ("rock 'n' roll", "rock 'n' roll"),
    ("l'\"Été\" d'«Aujourd'hui»", "l’«~Été~» d’«~Aujourd’hui~»"),
    ("2 000 m², 500m2, 3 m3", "2^000~m², 500m2, 3~m3"),
    ("1 500 à 2 000 personnes", "1^500 à 2^000 personnes"),
    ("du lundi au vendredi, 9h-12h/14h-17h", "du lundi au vendredi, 9h-12h/14h-17h"),
    ("Le score: 3-0 ; 21:15", "Le score~: 3-0^; 21:15"),
    ("élu(e)s, élu·es, tou(te)s", "élu(e)s, élu·es, tou(te)s"),
    ("{permalink} : ici !", "{permalink}~: ici^!"),
    ("Fichier affiche.pdf : 2 Mo ; l'affiche.pdf", "Fichier affiche.pdf~: 2~Mo^; l’affiche.pdf"),
    ("ville.example/fete?x=1; venez !", "ville.example/fete?x=1^; venez^!"),
    ("www.ville.example: le site", "www.ville.example~: le site"),
    ("Voir la page https://ville.example: tout y est", "Voir la page https://ville.example~: tout y est"),
    ("12 000 € HT ; 1 000 000 d'euros", "12^000~€ HT^; 1^000^000 d’euros"),
    ("20 millions d'euros, 3 milliards", "20~millions d’euros, 3~milliards"),
    ("Et toi ?Oui.", "Et toi^?Oui."),
    ("…et puis… fin ...", "…et puis… fin…"),
    ('« Qui a dit : "Assez !" ? »', "«~Qui a dit~: “Assez^!”^?~»"),
    ("TVA à 5,5 %, 0,5% et -3 %", "TVA à 5,5~%, 0,5~% et -3~%"),
    ("Le 3/05/2026 à 9h", "Le 3/05/2026 à 9h"),
    ("CO2, H2O, 1re, 2e, 3ème", "CO2, H2O, 1re, 2e, 3ème"),
    ("5 ans, 3 h, 10 min, 2 l", "5~ans, 3~h, 10~min, 2~l"),
    ("Il l'a dit l'an dernier, l'élu d'Ay.", "Il l’a dit l’an dernier, l’élu d’Ay."),
    ("Réf. : 2026-12 - urgent", "Réf.~: 2026-12 – urgent"),
    ('Le "Café de l\'Été"', "Le «~Café de l’Été~»"),
    ('"Un. Deux." "Trois"', "«~Un. Deux.~» «~Trois~»"),
    ("RDV 14h, place d'Armes !", "RDV 14h, place d’Armes^!"),
    ("ville.example/fete?x=1&y=2", "ville.example/fete?x=1&y=2"),
    ('« "Un" et "deux" »', "«~“Un” et “deux”~»"),
    ("L'association « L'Éveil » (loi 1901) ; l'adhésion : 12 €/an", "L’association «~L’Éveil~» (loi 1901)^; l’adhésion~: 12~€/an"),
    ("de 8 h 30 à 12 h et de 13 h 30 à 17 h 30", "de 8~h~30 à 12~h et de 13~h~30 à 17~h~30"),
    ("0 805 12 34 56 (appel gratuit)", "0~805~12~34~56 (appel gratuit)"),
    ("Tél. : +33 (0)1 99 00 12 34", "Tél.~: +33~(0)1~99~00~12~34"),
    ("Code postal 94 200, 94200 Ivry", "Code postal 94^200, 94200 Ivry"),
    ("Nuit du 31 au 1er janvier", "Nuit du 31 au 1er~janvier"),
    ("XVIIe-XVIIIe siècles", "XVIIe-XVIIIe~siècles"),
    ("IIIe République, Louis XIV, VIe arrondissement", "IIIe République, Louis XIV, VIe arrondissement"),
    ("Qu'est-ce que l'« Été » ?", "Qu’est-ce que l’«~Été~»^?"),
    ("Il répond: - Oui !", "Il répond~: – Oui^!"),
    ("- Oui ! dit-il", "- Oui^! dit-il"),
    ("— Oui !", "— Oui^!"),
    ("| Jour | Heures |\n|---|---|\n| Lundi : fermé ! | 9 h - 12 h |", "| Jour | Heures |\n|---|---|\n| Lundi~: fermé^! | 9~h – 12~h |"),
    ("<b>Attention :</b> travaux", "<b>Attention~:</b> travaux"),
    ("A&nbsp;: b &amp; c ; d", "A&nbsp;: b &amp; c^; d"),
    ("Écrire à « M. Roy, 12, rue du Puits ; 94200 Ivry »", "Écrire à «~M.~Roy, 12, rue du Puits^; 94200 Ivry~»"),
    ("l'É-tat d'alerte n°1", "l’É-tat d’alerte n°~1"),
    ("C'était l'été '98", "C’était l’été '98"),
    ("les années '80", "les années '80"),
    ("12 x 15 cm, 3x2 m", "12 x 15~cm, 3x2~m"),
    ("environ 3,50 €/m²", "environ 3,50~€/m²"),
    ("Entrée : 5 € ; -12 ans : 3 €", "Entrée~: 5~€^; -12~ans~: 3~€"),
    ("Le taux (+4,2 %) monte", "Le taux (+4,2~%) monte"),
    ("De 3 à 6 ans : le mercredi", "De 3 à 6~ans~: le mercredi"),
    ("Lot n° 3 bis ; parcelle AB n° 125", "Lot n°~3 bis^; parcelle AB n°~125"),
    ("« Ah ! » « Oh ? »", "«~Ah^!~» «~Oh^?~»"),
    ("(« oui »)", "(«~oui~»)"),
    ("Il a lu « Le Monde ».", "Il a lu «~Le Monde~»."),
    ('"J\'ai dit "oui"", conclut-elle', "«~J’ai dit “oui”~», conclut-elle"),
    ("Bonjour:)", "Bonjour:)"),
    ("À 9h30: accueil ; 10h: départ", "À 9h30~: accueil^; 10h~: départ"),
    ("http://ville.example/a;b!c", "http://ville.example/a;b!c"),
    ("@mairie: bonjour ! #Fête: oui", "@mairie~: bonjour^! #Fête~: oui"),
    ("😀: ok 😀;", "😀~: ok 😀^;"),
    ("Mgr Aubin, Mlle Roy, Pr Blanc, Drs A et B", "Mgr~Aubin, Mlle~Roy, Pr~Blanc, Drs~A et B"),
    ("le t. 3, vol. 2, fig. 4, chap. 5, al. 2", "le t. 3, vol.~2, fig.~4, chap.~5, al.~2"),
    ("12 h 30 min", "12~h~30~min"),
    ("+ 12 000 000 €", "+ 12^000^000~€"),
    ("1.500 €", "1.500~€"),
    ("2026-2027 : 1 250 élèves", "2026-2027~: 1^250 élèves"),
    ("le 7 décembre 2026 à 16 h 30", "le 7~décembre 2026 à 16~h~30"),
    ("Rue du 8 mai 1945", "Rue du 8~mai 1945"),
    ("Prix TTC:12€", "Prix TTC:12~€"),
    ('l\' "Été"', "l' «~Été~»"),
    ("\u2003Alinéa :", "\u2003Alinéa~:"),
    ("mot\u2003: suite", "mot~: suite"),
    ("C'est « l'été… » !", "C’est «~l’été…~»^!"),
    ("Non...!", "Non…^!"),
    ("Fin. . .", "Fin. . ."),
    ("J.-C. et p.-s. : oui", "J.-C. et p.-s.~: oui"),
    ("3°C", "3~°C"),
    ("n°s 3 et 4", "n°s~3 et 4"),
    ("SIRET 123 456 789 00012", "SIRET 123 456 789 00012"),
]

LEFT_ALONE = [
    "https://ville.example/a?b=c!d;e:f 'x'",
    "http://localhost:8000/a;b",
    "Voir ville.fr/agenda?jour=l'ete ici",
    "www.ville.fr/l'ete",
    "mailto:presse@ville.example?subject=a;b",
    "presse@ville.example",
    "o'neil@ville.example",
    "affiche-l'ete-n°3.pdf",
    "@mairie_ivry",
    "#FêteDeLÉté #élu·es",
    "Bravo :) ou ;-) ou :-D ou :( ou :P",
    "Bravo:)",
    ":tada: :+1: :100:",
    "{permalink}",
    "`a ! b ; c...`",
    "``a ` ! b``",
    '```\na ! b\n"c" \'d\n```',
    "~~~\na !\n~~~",
    "```\nsans fin !",
    '<a href="x;y!" title="l\'été !">',
    "<https://ville.example/a!b>",
    "<presse@ville.example>",
    "<!-- a ! b -->",
    "<pre>a ! b</pre>",
    '[lien](https://ville.example/a;b "l\'été !")',
    "![image](a!b.png)",
    "[lien][a;b!]",
    "[1]: https://ville.example/a;b 'Titre !'",
    "note[^a;b]",
    "[^1]: note",
    "&amp; &eacute; &#233; &#xE9;",
    "mot&nbsp;! &#160;: mot",
    "élu·es, élu(e)s, élu-e-s, Ivryen·nes",
    "/!\\ travaux",
    "\\! \\: \\*",
    "\x0e \x11\x13",
    "Etat, A Paris, oeuvre, 2ème, 1ère, 14h30",
]

MARKDOWN = [
    ("- un !\n- deux !", "- un^!\n- deux^!"),
    ("* un\n+ deux\n1. trois\n2) quatre", "* un\n+ deux\n1. trois\n2) quatre"),
    ("  - un - deux", "  - un – deux"),
    ("> - un - deux", "> - un – deux"),
    ("- [ ] un !", "- [ ] un^!"),
    ("-   un", "-   un"),
    ("## Titre !", "## Titre^!"),
    ("Titre\n=====\n\n---\n\n* * *\n\n- - -", "Titre\n=====\n\n---\n\n* * *\n\n- - -"),
    ("| A : | B |\n|:---|---:|\n| 5€ | - |", "| A~: | B |\n|:---|---:|\n| 5~€ | - |"),
    ("**Attention** !", "**Attention**^!"),
    ("**Attention**!", "**Attention**^!"),
    ("**Attention !**", "**Attention^!**"),
    ("Attention **!**", "Attention^**!**"),
    ("**Lieu :** mairie", "**Lieu~:** mairie"),
    ("**Lieu** : mairie", "**Lieu**~: mairie"),
    ("[le site](https://ville.example) !", "[le site](https://ville.example)^!"),
    ("![l'affiche](a.png) !", "![l’affiche](a.png)^!"),
    ("un !  \ndeux  \ntrois", "un^!  \ndeux  \ntrois"),
    ("un\n  deux\n\n\n    trois", "un\n  deux\n\n\n    trois"),
    ("un\n!", "un\n!"),
    ("«\nun\n»", "«\nun\n»"),
    ("[a]: b c !", "[a]~: b c^!"),
    ("<b>Oui</b> !", "<b>Oui</b>^!"),
    ("\n\nUn !\n", "\n\nUn^!\n"),
    ("", ""),
]

CASES = SPACES_BEFORE_SIGNS + QUOTES + APOSTROPHES + DASHES_DOTS_AND_PARENTHESES + NUMBERS + ABBREVIATIONS + PRESS_OFFICES + MARKDOWN


@pytest.mark.parametrize(("text", "web"), CASES)
def test_the_web_gets_fine_spaces(text, web):
    assert shown(typeset(text)) == web


@pytest.mark.parametrize(("text", "web"), CASES)
def test_networks_and_mail_get_no_break_spaces_only(text, web):
    assert shown(typeset(text, "social")) == web.replace("^", "~")


@pytest.mark.parametrize("text", LEFT_ALONE)
@pytest.mark.parametrize("profile", ["web", "social"])
def test_what_is_not_prose_stays_as_it_is(text, profile):
    assert typeset(text, profile) == text


@pytest.mark.parametrize(
    ("text", "web"),
    [
        ("Voir https://ville.example/a;b!", "Voir https://ville.example/a;b^!"),
        ("Voir ville.fr !", "Voir ville.fr^!"),
        ("Écrire à presse@ville.example;", "Écrire à presse@ville.example^;"),
        ("Venez @mairie !", "Venez @mairie^!"),
        ("Lire affiche.pdf !", "Lire affiche.pdf^!"),
        ("l'affiche.pdf", "l’affiche.pdf"),
        ("Le lien {permalink} !", "Le lien {permalink}^!"),
        ("Bravo :) !", "Bravo :)^!"),
        ("habitant·es ! élu(e)s ?", "habitant·es^! élu(e)s^?"),
        ("\x0e ! \x0f", "\x0e^! \x0f"),
        ("`code` !", "`code`^!"),
        ("(https://ville.example/a_(b)) !", "(https://ville.example/a_(b))^!"),
    ],
)
def test_around_what_is_protected_the_rules_go_on(text, web):
    assert shown(typeset(text)) == web


PROSE = ["mot", "été", "M.", "Mme", "X", "5", "12 500", "2026", "250", "01 99 00 12 34", "etc", "n°", "art.", "septembre", "XXe", "siècle"]
SIGNS = [*"'\"«»“”()[]!?;:.,-–…*_~`|%€<>\\=#@/&\x0e\x11🎉\t \u00a0\u202f\u2009", "...", "--", "**", "  ", "l'", "qu'"]
STRUCTURE = ["\n", "\n\n", "\n- ", "\n> ", "\n1. ", "\n## ", "\n| ", "```", "](", "![", "](u)", "<b>", "</b>", "&nbsp;", "{x}"]
KEPT = ["ville.fr", "https://ville.fr/a", "x@y.fr", ":)", ":a:", "14:30", "6'30\"", "plan.pdf", "#tag", "km", "°C", "h"]
sources = st.lists(st.sampled_from(PROSE + SIGNS * 2 + STRUCTURE + KEPT), max_size=12).map("".join) | st.text()


@given(sources, st.sampled_from(["web", "social"]))
@example("etc……", "web")
@example("-\u202f-»", "web")
@example("...www.:a:", "social")
@example("0€4:0km", "web")
def test_a_second_time_changes_nothing(source, profile):
    once = typeset(source, profile)
    assert typeset(once, profile) == once


@given(sources, st.sampled_from(["web", "social"]))
def test_words_and_lines_stay(source, profile):
    typed = typeset(source, profile)
    assert typed.count("\n") == source.count("\n")
    assert re.sub(r"[\W_]", "", typed) == re.sub(r"[\W_]", "", source)


@given(sources)
def test_where_no_sign_of_markup_stands_the_short_pattern_finds_the_same(source):
    plain = "".join(sign for sign in source if sign not in protection._MARKUP)
    short, whole = (protection._protected(markup=markup).finditer(plain) for markup in (False, True))
    assert [(one.lastgroup, one.span()) for one in short] == [(one.lastgroup, one.span()) for one in whole]


@given(sources)
def test_both_profiles_differ_in_their_spaces_only(source):
    web, social = typeset(source), typeset(source, "social")
    assert web.replace(THIN, NO_BREAK) == social.replace(THIN, NO_BREAK)


@pytest.mark.parametrize(
    "unit",
    [
        '"',
        '"a ',
        "a !",
        "a*!",
        "**",
        "`",
        "`` ",
        "```\n",
        "<",
        "<pre>",
        "<!--",
        "](",
        "](a (",
        "[^",
        "{",
        "@a-",
        "www.!",
        "a://",
        "1:",
        "12 000 ",
        " -",
        "«",
        "a'",
    ],
)
def test_hostile_text_is_read_in_one_pass(unit):
    text = unit * 5_000
    assert typeset(text).count("\n") == text.count("\n")
