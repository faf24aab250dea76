package main

import (
	"github.com/dapr/components-contrib/nameresolution/sqlite"
	"github.com/dapr/components-contrib/pubsub/in-memory"
	"github.com/dapr/components-contrib/pubsub/kafka"
	redispubsub "github.com/dapr/components-contrib/pubsub/redis"
	"github.com/dapr/components-contrib/secretstores/local/env"
	"github.com/dapr/components-contrib/secretstores/local/file"
	memorystate "github.com/dapr/components-contrib/state/in-memory"
	postgresstate "github.com/dapr/components-contrib/state/postgresql/v2"
	redisstate "github.com/dapr/components-contrib/state/redis"
	"github.com/dapr/dapr/pkg/components"
	"github.com/dapr/dapr/pkg/components/nameresolution"
	"github.com/dapr/dapr/pkg/components/pubsub"
	"github.com/dapr/dapr/pkg/components/secretstores"
	"github.com/dapr/dapr/pkg/components/state"
	"github.com/dapr/dapr/pkg/runtime/registry"
	"github.com/dapr/kit/logger"
)

// withComponents fills a registry with what Daymark is tried with, under the names that stock daprd gives them, and nothing else:
// the components of clouds are most of a stock build, and some of their modules cannot be had.
func withComponents(log logger.Logger) *registry.Options {
	events := pubsub.NewRegistry()
	events.Logger = log
	events.RegisterComponent(kafka.NewKafka, "kafka")
	events.RegisterComponent(redispubsub.NewRedisStreams, "redis")
	events.RegisterComponent(inmemory.New, "in-memory")

	states := state.NewRegistry()
	states.Logger = log
	states.RegisterComponent(redisstate.NewRedisStateStore, "redis")
	states.RegisterComponent(memorystate.NewInMemoryStateStore, "in-memory")
	for _, name := range []string{"postgresql", "postgres"} {
		states.RegisterComponentWithVersions(name, components.Versioning{
			Preferred: components.VersionConstructor{
				Version: "v2", Constructor: postgresstate.NewPostgreSQLStateStore,
			},
			Default: "v2",
		})
	}

	secrets := secretstores.NewRegistry()
	secrets.Logger = log
	secrets.RegisterComponent(file.NewLocalSecretStore, "local.file")
	secrets.RegisterComponent(env.NewEnvSecretStore, "local.env")

	names := nameresolution.NewRegistry()
	names.Logger = log
	names.RegisterComponent(sqlite.NewResolver, "sqlite")

	return registry.NewOptions().
		WithPubSubs(events).
		WithStateStores(states).
		WithSecretStores(secrets).
		WithNameResolutions(names)
}
