package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What browsers say of themselves, as they said it in 2024 to 2026. That of an iPad in its
// standard setting, of a Mac, and of Chrome on any Android are all there is to know.
func TestEachDeviceIsOfferedItsWallet(t *testing.T) {
	apple, google, samsung := walletApple, walletGoogle, walletSamsung
	for name, c := range map[string]struct {
		agent string
		want  device
	}{
		"iPhone, Safari": {
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
			device{wallets: []wallet{apple}, bundles: true},
		},
		"iPhone, Chrome": {
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/137.0.7151.107 Mobile/15E148 Safari/604.1",
			device{wallets: []wallet{apple}},
		},
		"iPhone, Firefox": {
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/139.0 Mobile/15E148 Safari/605.1.15",
			device{wallets: []wallet{apple}},
		},
		"iPhone, Edge": {
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/137.0.3296.57 Mobile/15E148 Safari/605.1.15",
			device{wallets: []wallet{apple}},
		},
		"iPhone, inside Instagram": {
			"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F90 Instagram 334.0.0.21.96 (iPhone14,5; iOS 17_5_1; fi_FI; fi; scale=3.00; 1170x2532; 604249812)",
			device{wallets: []wallet{apple}, inApp: true},
		},
		"iPhone, inside Facebook": {
			"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/468.0.0.36.107;FBBV/610711803;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5.1]",
			device{wallets: []wallet{apple}, inApp: true},
		},
		"iPhone, inside Line": {
			"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1 Safari Line/14.9.0",
			device{wallets: []wallet{apple}, inApp: true},
		},
		"iPad as an iPad": {
			"Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
			device{carries: true},
		},
		"iPad as a Mac": {
			"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
			device{wallets: []wallet{apple}, carries: true, bundles: true},
		},
		"Mac, Chrome": {
			"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
			device{wallets: []wallet{apple}, carries: true, bundles: true},
		},
		"Android, Chrome, also of Samsung phones": {
			"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
			device{wallets: []wallet{google, samsung}},
		},
		"Android, Firefox": {
			"Mozilla/5.0 (Android 15; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0",
			device{wallets: []wallet{google, samsung}},
		},
		"Pixel, inside Facebook": {
			"Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A.250205.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/133.0.6943.137 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/500.0.0.57.50;]",
			device{wallets: []wallet{google, samsung}, inApp: true},
		},
		"Samsung phone, Samsung Internet": {
			"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
			device{wallets: []wallet{samsung, google}},
		},
		"Samsung phone, older Samsung Internet": {
			"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-G991B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/21.0 Chrome/110.0.5481.154 Mobile Safari/537.36",
			device{wallets: []wallet{samsung, google}},
		},
		"Samsung phone, Chrome that names it": {
			"Mozilla/5.0 (Linux; Android 12; SM-A525F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/103.0.0.0 Mobile Safari/537.36",
			device{wallets: []wallet{samsung, google}},
		},
		"Samsung phone, inside Instagram": {
			"Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/125.0.6422.165 Mobile Safari/537.36 Instagram 335.0.0.39.93 Android",
			device{wallets: []wallet{samsung, google}, inApp: true},
		},
		"Samsung television": {
			"Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/4.0 Chrome/94.0.4606.31 TV Safari/537.36",
			device{},
		},
		"Windows": {
			"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0",
			device{carries: true},
		},
		"Linux": {
			"Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
			device{carries: true},
		},
		"Chromebook": {
			"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
			device{carries: true},
		},
		"Windows Phone": {
			"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063",
			device{},
		},
		"a program": {"curl/8.5.0", device{}},
		"nothing":   {"", device{}},
	} {
		if diff := cmp.Diff(c.want, deviceOf(c.agent), cmp.AllowUnexported(device{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
