package demo

import "github.com/leima/leima/loyalty"

// The texts of the demo in all languages of the pages. The reward is a small gift
// from the shelf: what a pharmacy may not do is reward the purchase of medicines
// with cheaper medicines.
var (
	programName = loyalty.Text{
		"en": "Stamp card",
		"fi": "Leimakortti",
		"sv": "Stämpelkort",
		"pl": "Karta stempelków",
		"fr": "Carte à tampons",
		"de": "Stempelkarte",
		"ru": "Карта штампов",
	}
	rewardName = loyalty.Text{
		"en": "A gift of your choice: hand cream or lip balm",
		"fi": "Valitse lahja: käsivoide tai huulivoide",
		"sv": "Välj en gåva: handkräm eller läppbalsam",
		"pl": "Prezent do wyboru: krem do rąk lub balsam do ust",
		"fr": "Un cadeau au choix : crème pour les mains ou baume à lèvres",
		"de": "Ein Geschenk nach Wahl: Handcreme oder Lippenbalsam",
		"ru": "Подарок на выбор: крем для рук или бальзам для губ",
	}
	smsConsent = loyalty.Text{
		"en": "Leimala may send me offers by text message. I can withdraw this at any time on my card page.",
		"fi": "Leimala saa lähettää minulle tarjouksia tekstiviestillä. Voin perua luvan milloin tahansa korttisivullani.",
		"sv": "Leimala får skicka erbjudanden till mig per sms. Jag kan när som helst återkalla det på min kortsida.",
		"pl": "Leimala może wysyłać mi oferty SMS-em. Mogę to w każdej chwili cofnąć na stronie mojej karty.",
		"fr": "Leimala peut m’envoyer des offres par SMS. Je peux retirer cet accord à tout moment sur la page de ma carte.",
		"de": "Leimala darf mir Angebote per SMS senden. Ich kann das jederzeit auf meiner Kartenseite widerrufen.",
		"ru": "Leimala может присылать мне предложения по SMS. Я могу в любой момент отозвать согласие на странице карты.",
	}
	emailConsent = loyalty.Text{
		"en": "Leimala may send me its newsletter by e-mail. I can withdraw this at any time on my card page.",
		"fi": "Leimala saa lähettää minulle uutiskirjeen sähköpostilla. Voin perua luvan milloin tahansa korttisivullani.",
		"sv": "Leimala får skicka sitt nyhetsbrev till mig per e-post. Jag kan när som helst återkalla det på min kortsida.",
		"pl": "Leimala może wysyłać mi biuletyn e-mailem. Mogę to w każdej chwili cofnąć na stronie mojej karty.",
		"fr": "Leimala peut m’envoyer sa lettre d’information par e-mail. Je peux retirer cet accord à tout moment sur la page de ma carte.",
		"de": "Leimala darf mir den Newsletter per E-Mail senden. Ich kann das jederzeit auf meiner Kartenseite widerrufen.",
		"ru": "Leimala может присылать мне рассылку по электронной почте. Я могу в любой момент отозвать согласие на странице карты.",
	}
)
