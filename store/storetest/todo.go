package storetest
var joinStories, confirmStories, accessStories,
		organizationStories, programStories, customerStories, importStories, tenancyStories []story
