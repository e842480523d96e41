package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// UpsertClass makes a class, or changes it when Google has it already. It can be
// repeated.
//
// It returns a FieldError for what cannot be sent and an Error for what Google says.
func (c *Client) UpsertClass(ctx context.Context, class LoyaltyClass) error {
	if err := class.Check(); err != nil {
		return err
	}
	body, err := class.insertBody()
	if err != nil {
		return err
	}
	err = c.call(ctx, request{method: http.MethodPost, path: classPath, body: body}, nil)
	if !errors.Is(err, ErrExists) {
		return err
	}
	body, err = class.patchBody()
	if err != nil {
		return err
	}
	return c.call(ctx, request{method: http.MethodPatch, path: one(classPath, class.ID), body: body}, nil)
}

// Upsert makes an object, or changes it silently when Google has it already. It can
// be repeated. The object of a card that somebody is about to save is made by it.
//
// It returns a FieldError for what cannot be sent and an Error for what Google says.
func (c *Client) Upsert(ctx context.Context, object LoyaltyObject) error {
	if err := object.Check(); err != nil {
		return err
	}
	err := c.insert(ctx, object)
	if !errors.Is(err, ErrExists) {
		return err
	}
	return c.patch(ctx, object, false)
}

// Update changes an object, and makes it when Google has it not. With notify, the
// phone tells its owner what changed, if the object has a notification left: notified
// says whether Google was asked to. Google decides which changes are worth it.
//
// It can be repeated; repeating it may notify again.
func (c *Client) Update(ctx context.Context, object LoyaltyObject, notify bool) (notified bool, err error) {
	if err := object.Check(); err != nil {
		return false, err
	}
	if notify {
		if notify, err = c.take(ctx, object.ID); err != nil {
			return false, err
		}
	}
	err = c.patch(ctx, object, notify)
	if notify && errors.Is(err, ErrNotifyQuota) {
		if err := c.exhaust(ctx, object.ID); err != nil {
			return false, err
		}
		notify = false
		err = c.patch(ctx, object, notify)
	}
	if !errors.Is(err, ErrNotFound) {
		return notify && err == nil, err
	}
	// Nobody is notified of what was not there.
	if err := c.insert(ctx, object); !errors.Is(err, ErrExists) {
		return false, err
	}
	return false, c.patch(ctx, object, false)
}

func (c *Client) insert(ctx context.Context, object LoyaltyObject) error {
	body, err := object.insertBody()
	if err != nil {
		return err
	}
	return c.call(ctx, request{method: http.MethodPost, path: objectPath, body: body}, nil)
}

func (c *Client) patch(ctx context.Context, object LoyaltyObject, notify bool) error {
	body, err := object.patchBody(notify)
	if err != nil {
		return err
	}
	return c.call(ctx, request{method: http.MethodPatch, path: one(objectPath, object.ID), body: body}, nil)
}

func (c *Client) take(ctx context.Context, objectID string) (bool, error) {
	left, err := c.budget.Take(ctx, objectID, c.now())
	if err != nil {
		return false, fmt.Errorf("google wallet: count a notification: %w", err)
	}
	return left, nil
}

func (c *Client) exhaust(ctx context.Context, objectID string) error {
	if err := c.budget.Exhaust(ctx, objectID, c.now()); err != nil {
		return fmt.Errorf("google wallet: count notifications: %w", err)
	}
	return nil
}

// Object returns what Google has. The error is ErrNotFound when it has nothing.
func (c *Client) Object(ctx context.Context, id string) (LoyaltyObject, error) {
	var object LoyaltyObject
	if err := checkID("id", id); err != nil {
		return object, err
	}
	err := c.call(ctx, request{method: http.MethodGet, path: one(objectPath, id)}, &object)
	return object, err
}

// SendMessage puts a message on the back of a card, and on the lock screen with notify
// if the object has a notification left: notified says whether Google was asked to.
// The message's id makes that it is there once: when an attempt ends without an answer,
// Google is asked whether it has the message before it is sent again. A second call is a
// second message all the same. When the card has MaxMessages then, the oldest goes.
//
// The error is ErrNotFound for an object that Google has not, ErrUncertain when it
// could not be found out whether the message is there.
func (c *Client) SendMessage(ctx context.Context, objectID string, m Message, notify bool) (notified bool, err error) {
	if err := errors.Join(checkID("id", objectID), m.check("message")); err != nil {
		return false, err
	}
	if notify {
		if notify, err = c.take(ctx, objectID); err != nil {
			return false, err
		}
	}
	messages, err := c.addMessage(ctx, objectID, m, notify)
	if notify && errors.Is(err, ErrNotifyQuota) {
		if err := c.exhaust(ctx, objectID); err != nil {
			return false, err
		}
		notify = false
		messages, err = c.addMessage(ctx, objectID, m, notify)
	}
	if err != nil {
		return false, err
	}
	return notify, c.makeRoom(ctx, objectID, messages)
}

// addMessage sends a message once and returns what the object then holds.
func (c *Client) addMessage(ctx context.Context, objectID string, m Message, notify bool) ([]Message, error) {
	m = m.prepared()
	m.MessageType = Text
	if notify {
		m.MessageType = TextAndNotify
	}
	body, err := json.Marshal(map[string]Message{"message": m})
	if err != nil {
		return nil, fmt.Errorf("google wallet: encode message: %w", err)
	}
	send := request{method: http.MethodPost, path: one(objectPath, objectID) + addMessageOf, body: body, once: true}
	for attempt := 1; ; attempt++ {
		var answer struct {
			Resource LoyaltyObject `json:"resource"`
		}
		err := c.call(ctx, send, &answer)
		if err == nil {
			return answer.Resource.Messages, nil
		}
		if !errors.Is(err, ErrUncertain) {
			return nil, err
		}
		object, lookErr := c.Object(ctx, objectID)
		if lookErr != nil {
			return nil, errors.Join(err, lookErr)
		}
		if object.hasMessage(m.ID) {
			return object.Messages, nil
		}
		if attempt == MaxAttempts {
			return nil, err
		}
		if err := c.wait(ctx, c.pauseBefore(attempt)); err != nil {
			return nil, fmt.Errorf("google wallet: wait to send a message again: %w", err)
		}
	}
}

func (o LoyaltyObject) hasMessage(id string) bool {
	for _, m := range o.Messages {
		if m.ID == id {
			return true
		}
	}
	return false
}

// makeRoom takes the oldest messages off an object that has no room for another one.
// What stays is sent as TEXT: it has been notified of already.
func (c *Client) makeRoom(ctx context.Context, objectID string, messages []Message) error {
	const room = 1
	if len(messages) <= MaxMessages-room {
		return nil
	}
	kept := make([]Message, 0, MaxMessages)
	for _, m := range messages[len(messages)-(MaxMessages-room):] {
		m.MessageType = Text
		kept = append(kept, m)
	}
	body, err := json.Marshal(map[string][]Message{"messages": kept})
	if err != nil {
		return fmt.Errorf("google wallet: encode messages: %w", err)
	}
	return c.call(ctx, request{method: http.MethodPatch, path: one(objectPath, objectID), body: body}, nil)
}
