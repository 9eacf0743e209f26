"""Invented people and their streets: what a member of the demonstration can be called, and what the shop sells.

E-mails end in example.org, which nobody can own (RFC 2606); phones are those that the French regulator keeps for
fiction, 01 99 00 followed by four digits.
"""

import unicodedata
from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = {
    "fr": _words(
        "Adèle Agathe Alain Alice Amandine Ambre Anaïs André Antoine Arthur Aurélie Baptiste Béatrice Benoît Brigitte "
        "Camille Catherine Cécile Charlotte Chloé Christophe Claire Clément Damien Delphine Didier Élise Émilie Emma "
        "Éric Étienne Fabien Fanny Florence Florian François Françoise Gabriel Gaëlle Gérard Guillaume Hélène Hugo "
        "Inès Isabelle Jacqueline Jade Jean Jérôme Joséphine Julie Julien Juliette Karim Laurence Laurent Léa Léo "
        "Louis Louise Lucas Lucie Manon Marc Marie Martine Mathieu Maxime Mélanie Michel Mohamed Monique Nathalie "
        "Nicolas Noémie Olivier Pascal Patricia Paul Pauline Philippe Pierre Quentin Raphaël Rémi Romain Sabine "
        "Samira Sandrine Sarah Sébastien Simon Solène Sophie Stéphanie Sylvie Théo Thérèse Thomas Valérie Véronique "
        "Victor Vincent Virginie Yasmine Yves Zoé"
    ),
    "en": _words(
        "Abigail Alan Alison Amy Andrew Barbara Brian Callum Catriona Charles Claire Daniel David Deborah Diane Edward "
        "Eleanor Emily Fiona Gareth George Grace Graham Hannah Harriet Helen Ian Imogen Jack James Jane Joanna John "
        "Karen Keith Laura Liam Linda Lucy Margaret Mark Martin Megan Nigel Olivia Oscar Patrick Peter Rachel Rebecca "
        "Robert Ruth Samuel Sheila Simon Susan Thomas Victoria Walter William"
    ),
}
LAST_NAMES = {
    "fr": _words(
        "André Arnaud Aubert Bailly Barbier Baron Benali Berger Bernard Bertrand Besson Blanc Blanchard Bonnet Boucher "
        "Bourgeois Boyer Brunet Caron Carpentier Charpentier Chevalier Clément Colin Da-Silva David Deschamps Diallo "
        "Dubois Dufour Dumas Dumont Dupont Dupuy Durand Duval Fabre Faure Fernandez Fleury Fontaine Fournier Gaillard "
        "Garcia Garnier Gauthier Gautier Gérard Girard Giraud Guérin Guillaume Haddad Henry Hubert Huet Jacquet Joly "
        "Lambert Lebrun Leclerc Lefebvre Legrand Lemaire Leroux Leroy Lopez Lucas Marchand Martin Martinez Mathieu "
        "Mercier Meunier Meyer Michel Morel Moreau Moulin Muller Nguyen Nicolas Noël Olivier Perez Perrin Petit "
        "Philippe Picard Renard Renaud Rey Richard Rivière Robert Robin Roche Rodriguez Rolland Rousseau Roussel Roux "
        "Roy Sanchez Schmitt Simon Thomas Traoré Vasseur Vidal Vincent"
    ),
    "en": _words(
        "Adams Allen Bailey Baker Bell Bennett Brown Campbell Carter Chapman Clark Collins Cooper Cox Davies Edwards "
        "Ellis Evans Foster Gray Green Griffiths Hall Harris Hill Hughes Hunt Jackson Jones Kelly King Knight Lewis "
        "Marshall Mason Mills Mitchell Moore Morgan Morris Murphy Palmer Parker Phillips Price Richardson Roberts "
        "Robinson Rogers Russell Scott Shaw Simpson Smith Stevens Taylor Thompson Turner Walker Ward Watson Webb White "
        "Wilkinson Williams Wilson Wood Wright Young"
    ),
}
POSTCODES = _words(
    "69001 69002 69003 69004 69005 69006 69007 69008 69009 69100 69120 69200 69300 69500 69600 75003 75011 75018 13001 "
    "13006 33000 44000 59000 67000"
)
FICTIONAL_PHONES = 10_000


class Department(NamedTuple):
    """A part of the shop: its code in the tills, its share of the lines sold, its articles."""

    code: str
    share: float
    articles: tuple[str, ...]


TOBACCO, GIFT_CARDS = "tabac", "cartes-cadeaux"
DEPARTMENTS = (
    Department("fruits-legumes", 0.26, ("POMME", "POIRE", "TOMATE", "SALADE", "CAROTTE", "FRAISE", "POIREAU")),
    Department("fromagerie", 0.18, ("COMTE", "SAINT-MARCELLIN", "BRIE", "ROQUEFORT", "CHEVRE", "BEURRE", "YAOURT")),
    Department("boulangerie", 0.18, ("BAGUETTE", "CAMPAGNE", "CROISSANT", "BRIOCHE", "TARTE")),
    Department("boucherie", 0.13, ("POULET", "ENTRECOTE", "JAMBON", "SAUCISSON", "PATE")),
    Department("epicerie", 0.13, ("CAFE", "THE", "HUILE-OLIVE", "MIEL", "RIZ", "PATES", "CHOCOLAT")),
    Department("vins", 0.09, ("BEAUJOLAIS", "COTES-DU-RHONE", "MACON", "CREMANT")),
    Department(TOBACCO, 0.02, ("CIGARETTES",)),
    Department(GIFT_CARDS, 0.01, ("CARTE-20",)),
)


def email_of(first_name: str, last_name: str, number: int) -> str:
    plain = unicodedata.normalize("NFKD", f"{first_name}.{last_name}").encode("ascii", "ignore").decode()
    return f"{plain.lower()}.{number}@example.org"


def phone_of(number: int) -> str:
    """Empty where the fictional numbers are used up."""
    return f"+3319900{number:04}" if number < FICTIONAL_PHONES else ""
