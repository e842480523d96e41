-- What lists of the whole organization are served by.

-- +goose Up

-- All coupons, newest first.
CREATE INDEX coupon_newest ON coupon (org_id, issued_at, id);
