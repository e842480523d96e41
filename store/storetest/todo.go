package storetest
var tenancyStories []story
