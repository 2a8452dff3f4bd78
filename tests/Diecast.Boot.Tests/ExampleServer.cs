using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>
/// The example server, built once for all tests of it, just as users build it, in two formats.
/// </summary>
public sealed class ExampleServer : IDisposable
{
    internal const string User = "ada";

    // The example says which password its hash is of.
    internal const string Password = "analytical";

    private readonly TempDirectory _directory = new();

    public ExampleServer()
    {
        RawPath = _directory["server.img"];
        Qcow2Path = _directory["server.qcow2"];
        Report = Build("raw", RawPath);
        Build("qcow2", Qcow2Path);
    }

    public string RawPath { get; }

    public string Qcow2Path { get; }

    /// <summary>The report of the raw image.</summary>
    public BuildReport Report { get; }

    public static LoadedDefinition Load(string format) => DefinitionReader.Read(
        Checkout.PathOf("examples/debian-server.yaml"),
        new DefinitionOverrides { Set = [$"image.format={format}"] });

    public void Dispose() => _directory.Dispose();

    private static BuildReport Build(string format, string path) =>
        ImageBuilder.Build(Load(format), new BuildOptions { OutputPath = path });
}

/// <summary>The tests that share the example server; one machine at a time, because each wants every processor.</summary>
[CollectionDefinition(Name)]
public sealed class ExampleServerCollection : ICollectionFixture<ExampleServer>
{
    public const string Name = "example server";
}
