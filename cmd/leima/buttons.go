package main

import (
	"os"
	"strings"

	"github.com/leima/leima/web"
)

// buttonsSetting names the folder with the makers' pictures for the buttons of wallets.
const buttonsSetting = "wallet-buttons"

var buttonDefinitions = []setting{
	{name: buttonsSetting, help: "folder with the wallets' own pictures for their buttons, such as apple-fi.svg and google-en.png (default: a drawing of Leima's)"},
}

// openButtons returns the pictures in the folder that the settings name, nil if they name
// none, and otherwise an error that says in a sentence which file is wrong.
func (sh *shell) openButtons() (*web.WalletButtons, error) {
	folder := sh.settings.values[buttonsSetting]
	if folder == "" {
		return nil, nil //nolint:nilnil // no folder, no pictures
	}
	buttons, err := web.ReadWalletButtons(os.DirFS(folder))
	if err != nil {
		return nil, usagef("the pictures of --%s cannot be used: %w", buttonsSetting, err).hint("Correct or take away the file, or leave --" + buttonsSetting + " out.")
	}
	return buttons, nil
}

// checkButtons says for which of the wallets on offer and languages there is no picture. A
// missing one is no fault: the English one or a drawing stands there.
func (sh *shell) checkButtons() check {
	const name = "wallet buttons"
	buttons, err := sh.openButtons()
	switch {
	case err != nil:
		return badSettings(name, "--"+buttonsSetting, err)
	case buttons == nil:
		return good(name, "a drawing of Leima's; --%s has the makers' own", buttonsSetting)
	}
	offered := 0
	var missing []string
	for _, one := range []struct{ wallet, setting string }{{"apple", appleCertificate}, {"google", googleIssuerID}, {"samsung", samsungPartner}} {
		if sh.settings.values[one.setting] == "" {
			continue
		}
		offered++
		if languages := buttons.Missing(one.wallet); len(languages) > 0 {
			missing = append(missing, one.wallet+" ("+strings.Join(languages, ", ")+")")
		}
	}
	switch {
	case offered == 0:
		return good(name, "the pictures can be used, and no wallet is offered")
	case len(missing) == 0:
		return good(name, "a picture for each wallet and language")
	}
	return good(name, "no pictures for %s: the English one or else a drawing stands there", strings.Join(missing, "; "))
}
