using k8s;
using k8s.Models;

namespace TweetStreams.Operations.Tests;

/// <summary>Reading is strict: a field that Kubernetes does not know, or of another type, fails every test here.</summary>
public sealed class KubernetesTests
{
    private static readonly Dictionary<string, Type> Types = new()
    {
        ["v1/Namespace"] = typeof(V1Namespace),
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/Service"] = typeof(V1Service),
        ["apps/v1/StatefulSet"] = typeof(V1StatefulSet),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
    };

    private static IReadOnlyList<object> Objects { get; } =
        [.. Yaml.Of("deploy", "kubernetes", "kustomization.yaml")["resources"]!.AsArray().SelectMany(file => KubernetesYaml.LoadAllFromString(Sources.Text("deploy", "kubernetes", file!.ToString()), Types, strict: true))];

    private static V1StatefulSet Processor => Objects.OfType<V1StatefulSet>().Single();

    private static V1Deployment Producer => Objects.OfType<V1Deployment>().Single();

    private static IEnumerable<V1PodTemplateSpec> Pods => [Processor.Spec.Template, Producer.Spec.Template];

    [Fact]
    public void Every_manifest_is_deployed()
    {
        string[] resources = [.. Yaml.Of("deploy", "kubernetes", "kustomization.yaml")["resources"]!.AsArray().Select(file => file!.ToString())];
        Assert.Equal(Directory.GetFiles(Sources.At("deploy", "kubernetes"), "*.yaml").Select(file => Path.GetFileName(file)!).Where(file => file != "kustomization.yaml").Order(), resources.Order());
    }

    [Fact]
    public async Task Kustomize_puts_them_together()
    {
        await Sources.NeedsAsync("kubectl", "version", "--client");
        await Sources.PassesAsync("kubectl", "kustomize", Sources.At("deploy", "kubernetes"));
    }

    [Fact]
    public void A_field_that_is_misspelt_would_be_noticed() => Assert.ThrowsAny<Exception>(() =>
        KubernetesYaml.LoadAllFromString(Sources.Text("deploy", "kubernetes", "processor.yaml").Replace("readinessProbe", "readynessProbe", StringComparison.Ordinal), Types, strict: true));

    [Fact]
    public void Every_image_is_pinned()
    {
        string[] pinned = [.. Yaml.Of("deploy", "kubernetes", "kustomization.yaml")["images"]!.AsArray().Where(image => image!["newTag"] is { } tag && tag.ToString() is not "latest").Select(image => image!["name"]!.ToString())];
        Assert.All(Pods.SelectMany(pod => pod.Spec.Containers), container => Assert.Contains(container.Image, pinned));
    }

    [Fact]
    public void Selectors_find_their_pods()
    {
        IDictionary<string, string>[] labels = [.. Pods.Select(pod => pod.Metadata.Labels)];
        IEnumerable<IDictionary<string, string>> selectors =
        [
            Processor.Spec.Selector.MatchLabels, Producer.Spec.Selector.MatchLabels, .. Objects.OfType<V1Service>().Select(service => service.Spec.Selector),
            .. Objects.OfType<V1PodDisruptionBudget>().Select(budget => budget.Spec.Selector.MatchLabels), .. Objects.OfType<V1NetworkPolicy>().Select(policy => policy.Spec.PodSelector.MatchLabels),
        ];
        Assert.All(selectors, selector => Assert.Contains(labels, have => selector.All(pair => have.TryGetValue(pair.Key, out string? value) && value == pair.Value)));
        Assert.All(labels, have => Assert.Contains(Objects.OfType<V1NetworkPolicy>(), policy => policy.Spec.PodSelector.MatchLabels.SequenceEqual(have)));
    }

    [Fact]
    public void Pods_run_without_root_without_rights_and_without_a_place_to_write()
    {
        Assert.All(Pods, pod =>
        {
            Assert.True(pod.Spec.SecurityContext.RunAsNonRoot);
            Assert.Equal(1654, pod.Spec.SecurityContext.RunAsUser);
            Assert.Equal("RuntimeDefault", pod.Spec.SecurityContext.SeccompProfile.Type);
            Assert.False(pod.Spec.AutomountServiceAccountToken);
        });
        Assert.All(Pods.SelectMany(pod => pod.Spec.Containers), container =>
        {
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Order());
            Assert.Contains("memory", container.Resources.Limits.Keys);
        });
    }

    [Fact]
    public void A_pod_has_the_time_that_a_clean_stop_takes() => Assert.All(Pods, pod =>
    {
        Assert.True(pod.Spec.TerminationGracePeriodSeconds > 35);
        Assert.All(pod.Spec.Containers, container => Assert.Null(container.Lifecycle));
    });

    [Fact]
    public void The_processor_is_asked_whether_it_lives_and_whether_it_is_ready()
    {
        V1Container container = Assert.Single(Processor.Spec.Template.Spec.Containers);
        Assert.Equal(("/health/live", "http"), (container.LivenessProbe.HttpGet.Path, container.LivenessProbe.HttpGet.Port.Value));
        Assert.Equal(("/health/ready", "http"), (container.ReadinessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Port.Value));
        Assert.Contains(container.Ports, port => port is { Name: "http", ContainerPort: 8080 });
    }

    [Fact]
    public void A_processor_keeps_its_name_its_partitions_and_its_state()
    {
        V1Container container = Assert.Single(Processor.Spec.Template.Spec.Containers);
        V1Service headless = Assert.Single(Objects.OfType<V1Service>(), service => service.Metadata.Name == Processor.Spec.ServiceName);
        Assert.Equal("None", headless.Spec.ClusterIP);
        Assert.True(headless.Spec.PublishNotReadyAddresses);
        Assert.Contains("--membership=static", container.Args);
        Assert.Contains($"--advertise=$(POD).{headless.Metadata.Name}.$(NAMESPACE).svc:8080", container.Args);
        Assert.Equal(["POD", "NAMESPACE"], container.Env.Select(variable => variable.Name));
        string state = container.Args.Single(argument => argument.StartsWith("--state-dir=", StringComparison.Ordinal)).Split('=')[1];
        Assert.Equal(Assert.Single(Processor.Spec.VolumeClaimTemplates).Metadata.Name, container.VolumeMounts.Single(mount => mount.MountPath == state).Name);
        Assert.Single(Objects.OfType<V1PodDisruptionBudget>());
    }

    [Fact]
    public void Secrets_are_files()
    {
        Assert.DoesNotContain(Pods.SelectMany(pod => pod.Spec.Containers).SelectMany(container => container.Env ?? []), variable => variable.ValueFrom?.SecretKeyRef is not null);
        Assert.All(Pods, pod =>
        {
            Assert.Contains(pod.Spec.Volumes, volume => volume.Secret is not null);
            string[] there = [.. pod.Spec.Volumes.Select(volume => volume.Name), .. Processor.Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name)];
            Assert.All(pod.Spec.Containers.SelectMany(container => container.VolumeMounts), mount => Assert.Contains(mount.Name, there));
        });
        string[] maps = [.. Objects.OfType<V1ConfigMap>().Select(map => map.Metadata.Name)];
        Assert.All(Pods.SelectMany(pod => pod.Spec.Containers).SelectMany(container => container.EnvFrom), from => Assert.Contains(from.ConfigMapRef.Name, maps));
    }

    [Fact]
    public void There_is_one_producer_at_a_time() => Assert.Equal((1, "Recreate"), (Producer.Spec.Replicas, Producer.Spec.Strategy.Type));

    [Theory, InlineData("processor", "process"), InlineData("producer", null)]
    public async Task The_options_of_the_pods_are_the_programs(string program, string? command)
    {
        IReadOnlySet<string> known = await Sources.OptionsAsync(program, $"tweetstreams-{program}", command is null ? [] : [command]);
        IEnumerable<string> used = Pods.SelectMany(pod => pod.Spec.Containers).Single(container => container.Name == program).Args.Where(argument => argument[0] == '-').Select(argument => argument.Split('=')[0]);
        Assert.All(used, option => Assert.Contains(option, known));
    }
}
