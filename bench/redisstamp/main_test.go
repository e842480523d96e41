package main

import (
	"os"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/leima/leima/bench/rival/rivaltest"
)

func TestAStampIsCountedOnceForItsKey(t *testing.T) {
	address := os.Getenv("LEIMA_TEST_REDIS")
	if address == "" {
		t.Skip("LEIMA_TEST_REDIS is not set: run by make test")
	}
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	card := rivaltest.CountsOnce(t, handler(client))
	if n, err := client.HGet(t.Context(), "card:"+card, "coupons").Int(); n != 1 || err != nil {
		t.Errorf("%d coupons, %v", n, err)
	}
}
