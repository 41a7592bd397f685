"""What else the town hall of the demonstration has to say: invented announcements, one for each state that people meet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scene:
    """An announcement: its text, in how many days and at which hour it leaves, and what people did with it, as verbs."""

    name: str
    text: str
    days: int
    hour: str
    acts: tuple[str, ...] = ()


SCENES = (
    Scene(
        "piscine.md",
        """# La piscine rouvre ses portes

Après trois mois de travaux, la piscine municipale accueille de nouveau les nageurs. Les vestiaires sont neufs.

Les horaires ne changent pas. L'entrée reste à 3 €, et à 1,50 € pour les moins de 18 ans.
""",
        2,
        "09:30",
        ("approve",),
    ),
    Scene(
        "voeux.md",
        """# Les vœux du maire

La cérémonie des vœux a lieu salle des Fêtes, à 18h30. Elle est ouverte à tous les habitants.

Un repas offert par les commerçants du centre suit les discours. Le bal commence à 21h.
""",
        6,
        "11:00",
    ),
    Scene(
        "travaux.md",
        """# La rue des Lavandières ferme

Les canalisations d'eau datent de 1957 : elles sont remplacées sur 240 mètres, en deux semaines.

Les riverains gardent l'accès à pied. Le bus 4 est dévié par l'avenue de la Gare.
""",
        3,
        "08:00",
        ("approve", "hold"),
    ),
    Scene(
        "theatre.md",
        """# Le théâtre présente sa saison

Trente-deux spectacles composent la saison du théâtre municipal. Les abonnements sont vendus au guichet.

La représentation d'ouverture est gratuite, dans la limite de 420 places.
""",
        4,
        "17:00",
        ("reject",),
    ),
    Scene(
        "collecte.md",
        """# Les déchets verts attendent mars

Le dernier passage a lieu cette semaine. La déchèterie reste ouverte du mardi au samedi.
""",
        5,
        "10:00",
        ("approve", "cancel"),
    ),
)

WRONG = "La date de la première représentation manque."
"""Why one of them is sent back."""

DRAFT = {
    "title": "Un jardin derrière l'école",
    "standfirst": "Vingt parcelles sont proposées aux habitants du quartier.",
    "body": "Les jardiniers recevront une clé, un carré de 15 m² et les conseils d'un maraîcher.\n\nLes demandes sont reçues en mairie.",
    "hashtags": "#Jardin",
}
"""What somebody has begun to write."""

TO_PASTE = """COMMUNIQUÉ DE PRESSE

# Le marché déménage place Haute

Valmont-les-Tilleuls, le 3 mars 2027

**Le marché du mercredi quitte la place Basse pour quatre mois. Les 46 commerçants s'installent place Haute, de 8h à 13h.**

La place Basse est repavée. Les tilleuls restent, et douze bancs les entourent à la fin du chantier.

"Nous avons choisi la place Haute avec les commerçants : elle est à trois minutes à pied", dit Inès Vauclair, adjointe au maire.

Le parking des Halles est gratuit le mercredi matin.

**Contact presse**
Camille Dervaux, attachée de presse
01 99 00 12 34
presse@valmont-les-tilleuls.example
"""
"""A press release to be pasted into a new announcement."""
