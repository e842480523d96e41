package googletest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// fields is a resource as JSON has it.
type fields map[string]any

var idShape = regexp.MustCompile(`^` + Issuer + `\.[A-Za-z0-9._-]+$`)

// Save puts an object into somebody's wallet.
func (s *Server) Save(objectID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[objectID]["hasUsers"] = true
}

// Put places an object without asking, as somebody else might have. The body is JSON.
func (s *Server) Put(body string) {
	var object fields
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(s.objects, object)
}

// Object returns an object as Google would show it, nil when there is none.
func (s *Server) Object(id string) map[string]any { return s.copyOf(s.objects, id) }

// Class returns a class as Google would show it, nil when there is none.
func (s *Server) Class(id string) map[string]any { return s.copyOf(s.classes, id) }

// Notifications returns how many notifications reached the phones of an object's users.
func (s *Server) Notifications(objectID string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.notified[objectID])
}

func (s *Server) copyOf(from map[string]fields, id string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if from[id] == nil {
		return nil
	}
	body, err := json.Marshal(from[id])
	if err != nil {
		panic(err)
	}
	var copied map[string]any
	if err := json.Unmarshal(body, &copied); err != nil {
		panic(err)
	}
	return copied
}

// route answers one request, by itself or from a batch.
func (s *Server) route(w http.ResponseWriter, r *http.Request, body []byte) {
	path, ok := strings.CutPrefix(r.URL.Path, apiPath)
	parts := strings.Split(path, "/")
	kind, resources := parts[0], s.objects
	if kind == "loyaltyClass" {
		resources = s.classes
	}
	if !ok || (kind != "loyaltyClass" && kind != "loyaltyObject") || len(parts) > 3 {
		writeError(w, http.StatusNotFound, "notFound", "no such method "+r.URL.Path)
		return
	}
	if len(body) > 0 && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		s.problem("%s %s has content of type %q", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	switch {
	case r.Method == http.MethodPost && len(parts) == 1:
		s.insert(w, kind, resources, body)
	case r.Method == http.MethodPatch && len(parts) == 2:
		s.patch(w, kind, resources, parts[1], body)
	case r.Method == http.MethodGet && len(parts) == 2:
		s.get(w, resources, parts[1])
	case r.Method == http.MethodGet && len(parts) == 1 && kind == "loyaltyObject":
		s.list(w, r)
	case r.Method == http.MethodPost && len(parts) == 3 && parts[2] == "addMessage" && kind == "loyaltyObject":
		s.addMessage(w, parts[1], body)
	default:
		writeError(w, http.StatusMethodNotAllowed, "httpMethodNotAllowed", r.Method+" "+r.URL.Path)
	}
}

func (s *Server) insert(w http.ResponseWriter, kind string, resources map[string]fields, body []byte) {
	var resource fields
	if err := json.Unmarshal(body, &resource); err != nil {
		writeError(w, http.StatusBadRequest, "parseError", err.Error())
		return
	}
	if wrong := s.wrongWith(kind, resource); wrong != "" {
		s.problem("insert %s: %s", kind, wrong)
		writeError(w, http.StatusBadRequest, "invalidResource", wrong)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := resource["id"].(string)
	if resources[id] != nil {
		writeError(w, http.StatusConflict, "existingResource", id+" exists")
		return
	}
	s.keep(resources, resource)
	writeJSON(w, resource)
}

// keep stores a resource; s.mu is held.
func (s *Server) keep(resources map[string]fields, resource fields) {
	id, _ := resource["id"].(string)
	if resources[id] == nil && resource["classId"] != nil {
		s.order = append(s.order, id)
	}
	delete(resource, "notifyPreference")
	resources[id] = resource
}

func (s *Server) patch(w http.ResponseWriter, kind string, resources map[string]fields, id string, body []byte) {
	var change fields
	if err := json.Unmarshal(body, &change); err != nil {
		writeError(w, http.StatusBadRequest, "parseError", err.Error())
		return
	}
	old := s.copyOf(resources, id)
	if old == nil {
		writeError(w, http.StatusNotFound, "resourceNotFound", id+" is not there")
		return
	}
	notify := change["notifyPreference"] == "NOTIFY_ON_UPDATE"
	delete(change, "notifyPreference")
	changed := merge(old, change)
	if wrong := s.wrongWith(kind, changed); wrong != "" {
		s.problem("patch %s: %s", id, wrong)
		writeError(w, http.StatusBadRequest, "invalidResource", wrong)
		return
	}
	if kind == "loyaltyClass" && change["reviewStatus"] != "UNDER_REVIEW" {
		s.problem("patch %s has reviewStatus %v", id, change["reviewStatus"])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if notify && !s.mayNotify(id) {
		writeError(w, http.StatusForbidden, "quotaExceeded", "QuotaExceededException: too many notifications")
		return
	}
	resources[id] = changed
	writeJSON(w, changed)
}

// merge changes old as a patch does: null clears, objects are gone into, lists are replaced.
func merge(old, change map[string]any) map[string]any {
	for name, value := range change {
		inner, isObject := value.(map[string]any)
		before, wasObject := old[name].(map[string]any)
		switch {
		case value == nil:
			delete(old, name)
		case isObject && wasObject:
			old[name] = merge(before, inner)
		case isObject:
			old[name] = merge(map[string]any{}, inner)
		default:
			old[name] = value
		}
	}
	return old
}

// mayNotify counts a notification, three in 24 hours; s.mu is held.
func (s *Server) mayNotify(id string) bool {
	const most, day = 3, 24 * time.Hour
	recent := 0
	for _, at := range s.notified[id] {
		if at.After(s.now().Add(-day)) {
			recent++
		}
	}
	if recent >= most {
		return false
	}
	s.notified[id] = append(s.notified[id], s.now())
	return true
}

func (s *Server) get(w http.ResponseWriter, resources map[string]fields, id string) {
	resource := s.copyOf(resources, id)
	if resource == nil {
		writeError(w, http.StatusNotFound, "resourceNotFound", id+" is not there")
		return
	}
	writeJSON(w, resource)
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	classID, most := r.FormValue("classId"), 0
	if most, _ = strconv.Atoi(r.FormValue("maxResults")); most < 1 || s.Class(classID) == nil {
		writeError(w, http.StatusBadRequest, "invalid", "classId or maxResults")
		return
	}
	start, _ := strconv.Atoi(r.FormValue("token"))
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := map[string]any{}
	resources := []fields{}
	for i := start; i < len(s.order); i++ {
		if s.objects[s.order[i]]["classId"] != classID {
			continue
		}
		if len(resources) == most {
			answer["pagination"] = map[string]any{"nextPageToken": strconv.Itoa(i), "resultsPerPage": most}
			break
		}
		resources = append(resources, s.objects[s.order[i]])
	}
	answer["resources"] = resources
	writeJSON(w, answer)
}

func (s *Server) addMessage(w http.ResponseWriter, id string, body []byte) {
	var request struct {
		Message map[string]any `json:"message"`
	}
	if err := json.Unmarshal(body, &request); err != nil || request.Message["id"] == nil {
		writeError(w, http.StatusBadRequest, "invalid", "message")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	object := s.objects[id]
	if object == nil {
		writeError(w, http.StatusNotFound, "resourceNotFound", id+" is not there")
		return
	}
	messages, _ := object["messages"].([]any)
	switch request.Message["messageType"] {
	case "TEXT":
	case "TEXT_AND_NOTIFY":
		if !s.mayNotify(id) {
			writeError(w, http.StatusForbidden, "quotaExceeded", "QuotaExceededException: too many notifications")
			return
		}
	default:
		writeError(w, http.StatusBadRequest, "invalid", "messageType")
		return
	}
	if len(messages) >= 10 {
		writeError(w, http.StatusBadRequest, "invalid", "there are ten messages already")
		return
	}
	object["messages"] = append(messages, request.Message)
	writeJSON(w, map[string]any{"resource": object})
}

// batch takes a multipart request apart and answers each part.
func (s *Server) batch(w http.ResponseWriter, r *http.Request, body []byte) {
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		s.problem("batch of type %q", r.Header.Get("Content-Type"))
		writeError(w, http.StatusBadRequest, "badRequest", "Content-Type")
		return
	}
	parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	var out bytes.Buffer
	answers := multipart.NewWriter(&out)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || part.Header.Get("Content-Type") != "application/http" {
			s.problem("part of a batch: %v, of type %q", err, part.Header.Get("Content-Type"))
			writeError(w, http.StatusBadRequest, "badRequest", "part")
			return
		}
		recorder := httptest.NewRecorder()
		if err := s.part(recorder, part); err != nil {
			s.problem("part of a batch: %v", err)
			writeError(w, http.StatusBadRequest, "badRequest", err.Error())
			return
		}
		answer, err := answers.CreatePart(textproto.MIMEHeader{
			"Content-Type": {"application/http"},
			"Content-Id":   {"<response-" + strings.Trim(part.Header.Get("Content-Id"), "<>") + ">"},
		})
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(answer, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", recorder.Code,
			http.StatusText(recorder.Code), recorder.Header().Get("Content-Type"), recorder.Body.Len(), recorder.Body)
	}
	if err := answers.Close(); err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "multipart/mixed; boundary="+answers.Boundary())
	_, _ = w.Write(out.Bytes())
}

func (s *Server) part(w http.ResponseWriter, part *multipart.Part) error {
	request, err := http.ReadRequest(bufio.NewReader(part))
	if err != nil {
		return fmt.Errorf("read its request: %w", err)
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return fmt.Errorf("read its body: %w", err)
	}
	s.record(request, body)
	if fault := s.takeFault(request.URL.Path); fault != nil {
		writeError(w, fault.Status, fault.Reason, fault.Message)
		return nil
	}
	s.route(w, request, body)
	return nil
}
