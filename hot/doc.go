// Package hot holds state that must be quick and may be lost: for now, who is
// waiting to hear that a card changed. It knows nothing of Leima; topics are plain
// strings. Start with Live.
package hot
