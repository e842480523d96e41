package web

import "strings"

// wallet is a kind of wallet on phones.
type wallet string

const (
	walletApple   wallet = "apple"
	walletGoogle  wallet = "google"
	walletSamsung wallet = "samsung"
)

var allWallets = []wallet{walletApple, walletGoogle, walletSamsung}

// device is what is known of whoever asks for a page, by what the browser says of itself.
// Who is mistaken for another still has the page, which is always right.
type device struct {
	// wallets are those that it may have, the likeliest first.
	wallets []wallet
	// carries tells that the card may be wanted on another device, a phone.
	carries bool
	// bundles tells that it takes several passes at once.
	bundles bool
	// inApp tells that the page is shown inside another app, which may be unable to hand
	// anything to a wallet.
	inApp bool
}

// inAppMarks are what apps that show pages themselves add to the names of the browsers of
// iOS and Android: those of Meta, Line, WeChat, TikTok, Snapchat, Pinterest, LinkedIn, the
// search app of Google, and Android's own mark of a WebView.
var inAppMarks = []string{
	"FBAN/", "FBAV/", "FB_IAB/", "Instagram", "Line/", "MicroMessenger", "BytedanceWebview", "musical_ly", "Snapchat", "[Pinterest/",
	"LinkedInApp", "GSA/", "; wv)",
}

// otherBrowsersOfIOS show that a browser of iOS is not Safari. Only Safari opens several
// passes in one file; the others save it where people do not find it.
var otherBrowsersOfIOS = []string{"CriOS/", "FxiOS/", "EdgiOS/", "OPiOS/", "OPT/", "DuckDuckGo/", "YaBrowser/", "Brave/"}

// deviceOf reads what a browser says of itself (User-Agent).
//
// A Mac and an iPad that asks for pages as a Mac does look the same. A Mac adds a pass to
// the phones of its owner; an iPad has no wallet. So both get the pass and the way to the
// phone. Chrome on Android does not tell the maker of the phone any more: it is Android
// "10" on a device "K" everywhere. So Google Wallet, which works on all of them, comes
// first there, and Samsung Wallet after it.
func deviceOf(agent string) device {
	has := func(words ...string) bool {
		for _, word := range words {
			if strings.Contains(agent, word) {
				return true
			}
		}
		return false
	}
	inApp := has(inAppMarks...)
	switch {
	case has("Windows Phone"): // says that it is Android and an iPhone too
		return device{}
	case has("iPad"):
		return device{carries: true}
	case has("iPhone", "iPod"):
		safari := has("Version/") && has("Safari/") && !inApp && !has(otherBrowsersOfIOS...)
		return device{wallets: []wallet{walletApple}, bundles: safari, inApp: inApp}
	case has("Android") && has("SamsungBrowser/", "SAMSUNG", "; SM-"):
		return device{wallets: []wallet{walletSamsung, walletGoogle}, inApp: inApp}
	case has("Android"):
		return device{wallets: []wallet{walletGoogle, walletSamsung}, inApp: inApp}
	case has("Macintosh"):
		return device{wallets: []wallet{walletApple}, carries: true, bundles: true}
	case has("Windows NT", "X11; Linux", "X11; CrOS", "X11; Ubuntu"):
		return device{carries: true}
	}
	return device{}
}
