// A daprd with few components, for engines on the own machine. It is Dapr's runtime with Dapr's own flags; only what is
// linked into it differs from the stock program.
package main

import (
	"context"
	"fmt"
	"os"

	"go.opencensus.io/stats/view"

	"github.com/dapr/dapr/cmd/daprd/options"
	"github.com/dapr/dapr/pkg/buildinfo"
	"github.com/dapr/dapr/pkg/healthz"
	"github.com/dapr/dapr/pkg/metrics"
	"github.com/dapr/dapr/pkg/modes"
	"github.com/dapr/dapr/pkg/runtime"
	"github.com/dapr/dapr/pkg/security"
	"github.com/dapr/kit/concurrency"
	"github.com/dapr/kit/logger"
	"github.com/dapr/kit/signals"
)

var (
	runtimeLog   = logger.NewLogger("dapr.runtime")
	componentLog = logger.NewLogger("dapr.contrib")
)

func main() {
	opts, err := options.New(os.Args[1:])
	if err != nil {
		runtimeLog.Fatalf("the flags cannot be read: %v", err)
	}
	if opts.RuntimeVersion {
		fmt.Println(buildinfo.Version())
		return
	}

	opts.Logger.SetAppID(opts.AppID)
	if err := logger.ApplyOptionsToLoggers(&opts.Logger); err != nil {
		runtimeLog.Fatalf("the log cannot be set up: %v", err)
	}
	runtimeLog.Infof("daprd %s with few components", buildinfo.Version())
	if err := run(signals.Context(), opts); err != nil {
		runtimeLog.Fatalf("the runtime ended: %v", err)
	}
	runtimeLog.Info("the runtime has ended in order")
}

// run keeps the identity of the sidecar and its runtime going side by side until one of them ends or the context does.
func run(ctx context.Context, opts *options.Options) error {
	health := healthz.New()
	identity, err := security.New(ctx, security.Options{
		AppID:                   opts.AppID,
		ControlPlaneNamespace:   opts.ControlPlaneNamespace,
		ControlPlaneTrustDomain: opts.ControlPlaneTrustDomain,
		Healthz:                 health,
		JwtAudiences:            opts.SentryRequestJwtAudiences,
		MTLSEnabled:             opts.EnableMTLS,
		Mode:                    modes.DaprMode(opts.Mode),
		SentryAddress:           opts.SentryAddress,
		TrustAnchors:            opts.TrustAnchors,
	})
	if err != nil {
		return err
	}

	serve := func(ctx context.Context) error {
		handler, err := identity.Handler(ctx)
		if err != nil {
			return err
		}
		config := runtimeConfig(opts)
		config.Healthz = health
		config.Metrics.Healthz = health
		config.Security = handler
		config.Registry = withComponents(componentLog)
		sidecar, err := runtime.FromConfig(ctx, config)
		if err != nil {
			return err
		}
		return sidecar.Run(ctx)
	}
	return concurrency.NewRunnerManager(identity.Run, serve).Run(ctx)
}

// runtimeConfig hands every flag on to the runtime; what is not a flag is left to the caller.
func runtimeConfig(opts *options.Options) *runtime.Config {
	return &runtime.Config{
		// Who the application is and how it is reached.
		AppID:                    opts.AppID,
		AppProtocol:              opts.AppProtocol,
		AppChannelAddress:        opts.AppChannelAddress,
		ApplicationPort:          opts.AppPort,
		AppMaxConcurrency:        opts.AppMaxConcurrency,
		AppBindingOptionsTimeout: opts.AppBindingOptionsTimeout,
		AppSSL:                   opts.AppSSL,
		EnableAppHealthCheck:     opts.EnableAppHealthCheck,
		AppHealthCheckPath:       opts.AppHealthCheckPath,
		AppHealthProbeInterval:   opts.AppHealthProbeInterval,
		AppHealthProbeTimeout:    opts.AppHealthProbeTimeout,
		AppHealthThreshold:       opts.AppHealthThreshold,

		// Where the sidecar itself listens.
		AllowedOrigins:                opts.AllowedOrigins,
		DaprHTTPPort:                  opts.DaprHTTPPort,
		DaprAPIGRPCPort:               opts.DaprAPIGRPCPort,
		DaprAPIListenAddresses:        opts.DaprAPIListenAddresses,
		DaprInternalGRPCPort:          opts.DaprInternalGRPCPort,
		DaprInternalGRPCListenAddress: opts.DaprInternalGRPCListenAddress,
		DaprPublicPort:                opts.DaprPublicPort,
		DaprPublicListenAddress:       opts.DaprPublicListenAddress,
		UnixDomainSocket:              opts.UnixDomainSocket,
		MaxRequestSize:                opts.MaxRequestSize,
		ReadBufferSize:                opts.ReadBufferSize,
		EnableAPILogging:              opts.EnableAPILogging,
		EnableProfiling:               opts.EnableProfiling,
		ProfilePort:                   opts.ProfilePort,
		DisableInitEndpoints:          opts.DisableInitEndpoints,

		// What it reads, and the services beside it.
		Mode:                         opts.Mode,
		Config:                       opts.Config,
		ComponentsPath:               opts.ComponentsPath,
		ResourcesPath:                opts.ResourcesPath,
		HotReloadReconcileInterval:   opts.HotReloadReconcileInterval,
		DisableBuiltinK8sSecretStore: opts.DisableBuiltinK8sSecretStore,
		ControlPlaneAddress:          opts.ControlPlaneAddress,
		SchedulerAddress:             opts.SchedulerAddress,
		SchedulerStreams:             opts.SchedulerJobStreams,
		ActorsService:                opts.ActorsService,
		ActorsDisseminationTimeout:   opts.ActorsDisseminationTimeout,
		RemindersService:             opts.RemindersService,
		EnableMTLS:                   opts.EnableMTLS,
		SentryAddress:                opts.SentryAddress,

		// How it ends.
		DaprGracefulShutdownSeconds: opts.DaprGracefulShutdownSeconds,
		DaprBlockShutdownDuration:   opts.DaprBlockShutdownDuration,

		Metrics: metrics.Options{
			Enabled:       opts.Metrics.Enabled(),
			ListenAddress: opts.Metrics.ListenAddress(),
			Log:           runtimeLog,
			Meter:         view.NewMeter(),
			Namespace:     metrics.DefaultMetricNamespace,
			Port:          opts.Metrics.Port(),
		},
	}
}
