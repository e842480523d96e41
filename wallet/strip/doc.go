// Package strip draws the picture with the stamps that stands on a card in a wallet: a
// grid of places, some of them stamped, in the shop's colours, with an icon of ours or a
// picture of the shop's.
//
// It knows nothing of Leima and nothing of any wallet but the shape of Apple's strip. Start
// with Design and Press.Draw.
//
// # A strip is put together from bands
//
// Drawing and compressing a strip of 1125 by 432 pixels takes milliseconds, thirty times
// what signing a whole pass takes. But strips of one design differ in little: each row of
// the grid has from none to all of its places stamped. So a row with so many stamps is
// drawn and compressed once, as a band that ends on a byte, and the PNG of any count is
// made by writing bands one after the other. A PNG is deflated data, and deflated data may
// be put together like that as long as no band refers back into another.
package strip
