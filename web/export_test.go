package web

import "time"

// What the stories of package web_test need to reach inside.
var (
	GroupCode    = groupCode
	MaxStreams   = maxStreamsPerCard
	JoinBurst    = joinLimit.burst
	DefaultColor = defaultColor
	LogoPolicy   = logoSecurityPolicy
	PagePolicy   = contentSecurityPolicy
)

// Hurry makes streams look for changes and beat this often.
func (w *Web) Hurry(recheck, heartbeat time.Duration) {
	w.pace = pace{recheck: recheck, heartbeat: heartbeat}
}

// Asset returns a script or style by its file name, and where it is found.
func (w *Web) Asset(name string) (address string, text []byte) {
	address = w.assets.addresses[name]
	return address, w.assets.byAddress[address[len("/static/"):]].plain
}
