// Package organization describes the tenant: an organization with its brand, its
// locations and its staff. It does no I/O and knows nothing of programs, cards,
// credentials or pages. Start with Organization.
package organization
