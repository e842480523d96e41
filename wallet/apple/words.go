package apple

// Standard texts in English, Finnish, Swedish, Polish, French, German and Russian. A caller
// may use its own.

func words(en, fi, sv, pl, fr, de, ru string) Text {
	return Text{Plain: en, Translations: map[string]string{
		"en": en, "fi": fi, "sv": sv, "pl": pl, "fr": fr, "de": de, "ru": ru,
	}}
}

// LabelStamps stands above a balance of stamps.
func LabelStamps() Text {
	return words("Stamps", "Leimat", "Stämplar", "Pieczątki", "Tampons", "Stempel", "Штампы")
}

// LabelPoints stands above a balance of points.
func LabelPoints() Text {
	return words("Points", "Pisteet", "Poäng", "Punkty", "Points", "Punkte", "Баллы")
}

// LabelBonus stands above a balance of bonus money.
func LabelBonus() Text {
	return words("Bonus", "Bonus", "Bonus", "Bonus", "Bonus", "Bonus", "Бонусы")
}

// LabelVisits stands above a count of visits.
func LabelVisits() Text {
	return words("Visits", "Käynnit", "Besök", "Wizyty", "Visites", "Besuche", "Визиты")
}

// LabelPrivacy stands above the address of a page about personal data.
func LabelPrivacy() Text {
	return words("Privacy", "Tietosuoja", "Dataskydd", "Prywatność", "Confidentialité", "Datenschutz", "Конфиденциальность")
}

// StandardLabels are the labels of all fields; the balance is one of stamps.
func StandardLabels() Labels {
	return Labels{
		Balance: LabelStamps(),
		Rewards: words("Rewards", "Palkinnot", "Belöningar", "Nagrody", "Récompenses", "Prämien", "Награды"),
		NextGoal: words("Next reward", "Seuraava palkinto", "Nästa belöning", "Następna nagroda",
			"Prochaine récompense", //nolint:misspell // French
			"Nächste Prämie", "Следующая награда"),
		Holder: words("Member", "Jäsen", "Medlem", "Uczestnik", "Membre", "Mitglied", "Участник"),
		Number: words("Card number", "Kortin numero", "Kortnummer", "Numer karty",
			"Numéro de carte", "Kartennummer", "Номер карты"),
		Entries: words("Latest", "Viimeisimmät tapahtumat", "Senaste händelser", "Ostatnie operacje",
			"Dernières opérations", "Letzte Buchungen", "Последние операции"),
		Terms: words("Terms", "Ehdot", "Villkor", "Regulamin", "Conditions", "Bedingungen", "Условия"),
		LinksHeading: words("On the web", "Verkossa", "På webben", "W internecie", "Sur internet",
			"Im Internet", "В интернете"),
	}
}

// StandardChanged tells of a new balance on the lock screen.
func StandardChanged() Text {
	return words("Your card: %@", "Korttisi: %@", "Ditt kort: %@", "Twoja karta: %@", "Votre carte : %@",
		"Ihre Karte: %@", "Ваша карта: %@")
}
