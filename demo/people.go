package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/leima/leima/customer"
	"github.com/leima/leima/loyalty"
)

// habit is how somebody comes by.
type habit struct {
	name string
	// share of a hundred customers.
	share int
	// every is the average number of days between visits.
	every float64
	// stays is after how many days they do not come back, 0 for never.
	stays int
	// late is the share of the year after whose beginning they joined.
	late float64
}

var habits = []habit{
	{name: "regular", share: 16, every: 6},
	{name: "fortnightly", share: 24, every: 13},
	{name: "monthly", share: 26, every: 26},
	{name: "seldom", share: 14, every: 60},
	{name: "lost", share: 12, every: 15, stays: 110},
	{name: "new", share: 8, every: 8, late: 0.88},
}

// person is what the history needs to know of a customer.
type person struct {
	habit    habit
	joined   time.Time
	home     int     // index of the location they mostly go to
	redeems  float64 // how likely they use a reward at a visit
	customer int     // index
}

// people draws the customers and how they joined.
func (d *draw) people() {
	phones := fictitiousPhones()
	for i := range Customers {
		h := d.pickHabit()
		who := person{habit: h, customer: i, home: d.either(0.65), redeems: 0.35 + 0.6*d.random.Float64()}
		if d.chance(0.12) {
			who.redeems = 0.04 // saves rewards up and forgets them
		}
		who.joined = d.joining(h)
		language := d.pickLanguage()
		first, last := d.name(language)
		j := customer.Join{
			OrgID: d.plan.Organization.ID, ProgramID: d.plan.Program.ID,
			FirstName: first, LastName: last, Locale: language.locale,
			Email:   fmt.Sprintf("%s.%s.%d@example.org", plain(first), plain(last), i+1),
			Trusted: true, Source: customer.SourceForm,
			LocationID: d.plan.Locations[who.home].ID, Zone: d.zone, Now: who.joined.UnixMilli(),
		}
		if i%3 == 0 && len(phones) > 0 {
			j.Phone, phones = phones[0], phones[1:]
			if d.chance(0.4) {
				j.Email = ""
			}
		}
		if d.chance(0.6) {
			j.Source, j.Actor = customer.SourceStaff, d.cashier(who.home)
		} else {
			j.Actor = loyalty.Actor{Kind: loyalty.ActorSystem}
		}
		for _, text := range d.plan.ConsentTexts {
			reachable := text.Channel == "sms" && j.Phone != "" || text.Channel == "email" && j.Email != ""
			j.Consents = append(j.Consents, customer.ConsentDecision{TextID: text.ID, Granted: reachable && d.chance(0.55)})
		}
		d.plan.Joins = append(d.plan.Joins, j)
		d.persons = append(d.persons, who)
	}
}

func (d *draw) pickHabit() habit {
	n := d.random.IntN(100)
	for _, h := range habits {
		if n < h.share {
			return h
		}
		n -= h.share
	}
	return habits[0]
}

// joining draws when somebody got the card: many in the first weeks, when the
// cashiers asked everybody, the others over the year.
func (d *draw) joining(h habit) time.Time {
	days := float64(HistoryDays)
	var at float64
	switch {
	case h.late > 0:
		at = days * (h.late + (1-h.late)*0.9*d.random.Float64())
	case d.chance(0.45):
		at = 25 * d.random.Float64()
	default:
		at = days * 0.85 * d.random.Float64()
	}
	day := d.start.AddDate(0, 0, int(at))
	for busy(day) == 0 {
		day = day.AddDate(0, 0, 1)
	}
	return d.timeOn(day)
}

// fictitiousPhones are the mobile numbers that the Swedish Post and Telecom
// Authority keeps free for films and books, 070-174 06 05 to 06 99: nobody will
// ever be called at them. Finland's numbering plan keeps none.
func fictitiousPhones() []string {
	var phones []string
	for n := 605; n <= 699; n++ {
		phones = append(phones, fmt.Sprintf("+46701740%03d", n))
	}
	return phones
}

// language is a group of customers that share names and a locale.
type language struct {
	locale      string
	share       int
	first, last []string
}

var languages = []language{
	{
		locale: "fi", share: 74,
		first: strings.Fields(`Aino Eino Helmi Väinö Sofia Leo Elsa Oliver Kerttu Onni Anneli Juhani Marjatta Tapani Liisa
			Matti Päivi Timo Tuula Jari Hanna Mikko Katja Antti Sari Jukka Minna Pekka Outi Heikki Emilia Ville Noora Lauri
			Iida Joona Sanni Tuomas Riikka Esa Ritva Seppo Kaarina Olavi Eeva Jorma Venla Niilo Siiri Elias`),
		last: strings.Fields(`Korhola Virtala Mäkisalo Niemelö Lehtovuo Saarikko Järvelö Koskimies Heinonkoski Rantamäki
			Tuomaala Salmelo Laitila Kallioniemi Pihlajisto Hakala Kivikko Peltomäki Ahola Suolahti Metsäranta Kuusela
			Vainio Honkanummi Tammela Jokiranta Harjula Lampinen Nurmela Koivulehto`),
	},
	{
		locale: "sv", share: 12,
		first: strings.Fields(`Astrid Gustav Linnéa Anders Birgitta Henrik Solveig Mats Ingrid Kristoffer Ebba Johan
			Margareta Oskar Viveca Filip`),
		last: strings.Fields(`Lindskog Söderholm Bergvik Strandell Nybäck Ekholm Sjöblad Västerby Hägglund Granvik`),
	},
	{
		locale: "ru", share: 6,
		first: strings.Fields(`Ольга Сергей Наталья Андрей Ирина Дмитрий Елена Виктор`),
		last:  strings.Fields(`Береговая Лесник Полевая Озерко Светличко Каменко Ясень`),
	},
	{
		locale: "en", share: 5,
		first: strings.Fields(`Amara Daniel Priya James Thuy Samuel Leila Oliver`),
		last:  strings.Fields(`Okonedo Harwell Raman Whitfell Nguyenova Haddad Brookes`),
	},
	{
		locale: "pl", share: 1,
		first: strings.Fields(`Agnieszka Tomasz Zofia Paweł`),
		last:  strings.Fields(`Brzezina Łąka Wierzba Źródło`),
	},
	{
		locale: "de", share: 1,
		first: strings.Fields(`Jürgen Annegret Lukas Käthe`),
		last:  strings.Fields(`Birkenfeld Grünwalder Möwe Strauß`),
	},
	{
		locale: "fr", share: 1,
		first: strings.Fields(`Chloé François Hélène Théo`),
		last:  strings.Fields(`Beauchêne Laforêt Rivière Dubosc`),
	},
}

func (d *draw) pickLanguage() language {
	n := d.random.IntN(100)
	for _, l := range languages {
		if n < l.share {
			return l
		}
		n -= l.share
	}
	return languages[0]
}

func (d *draw) name(l language) (first, last string) {
	return l.first[d.random.IntN(len(l.first))], l.last[d.random.IntN(len(l.last))]
}

// plain turns a name into what can stand in an e-mail address.
func plain(name string) string {
	spelled := strings.NewReplacer(
		"ä", "a", "ö", "o", "å", "a", "é", "e", "è", "e", "ê", "e", "ü", "u", "ß", "ss", "ç", "c", "ł", "l", "ą", "a", "ź", "z", "ó", "o",
	).Replace(strings.ToLower(name))
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, spelled)
	if letters == "" {
		return "x" // another alphabet
	}
	return letters
}
