import { useMe } from "../data/me.ts";
import { initial } from "../format.ts";
import { apple } from "../parts/apple.ts";
import { Icon } from "../parts/icons.tsx";
import { useTexts } from "../texts.ts";

interface TopProps {
	menu: boolean;
	toggleMenu: () => void;
	openPalette: () => void;
}

/** The line above everything: whose console it is, and the way to anything. */
export function Top({ menu, toggleMenu, openPalette }: TopProps) {
	const { say } = useTexts();
	const { organization } = useMe();
	return (
		<header className="top">
			<button type="button" className="plain menu-button" aria-expanded={menu} aria-controls="navigation" onClick={toggleMenu}>
				<Icon name={menu ? "close" : "menu"} /><span className="unseen">{say("app.menu")}</span>
			</button>
			<p className="organization">
				{organization.brand.logo
					? <img className="logo" src={organization.brand.logo} alt="" width="36" height="36" />
					: <span className="logo letter" aria-hidden="true">{initial(organization.name)}</span>}
				<span>{organization.name}</span>
			</p>
			<button type="button" className="palette-button" onClick={openPalette} aria-keyshortcuts="Control+K Meta+K">
				<Icon name="search" /><span className="words">{say("palette.open")}</span><kbd>{apple ? "⌘ K" : "Ctrl K"}</kbd>
			</button>
		</header>
	);
}
