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
        Report = Build(RawPath);
        Build(Qcow2Path, "image.format=qcow2");
    }

    public string RawPath { get; }

    public string Qcow2Path { get; }

    /// <summary>The report of the raw image.</summary>
    public BuildReport Report { get; }

    /// <summary>Builds the example, raw unless the overrides say otherwise.</summary>
    internal static BuildReport Build(string path, params string[] overrides)
    {
        LoadedDefinition loaded = DefinitionReader.Read(
            Checkout.PathOf("examples/debian-server.yaml"), new DefinitionOverrides { Set = ["image.format=raw", .. overrides] });
        return ImageBuilder.Build(loaded, new BuildOptions { OutputPath = path });
    }

    public void Dispose() => _directory.Dispose();
}

/// <summary>The tests that share the example server; one machine at a time, because each wants every processor.</summary>
[CollectionDefinition(Name)]
public sealed class ExampleServerCollection : ICollectionFixture<ExampleServer>
{
    public const string Name = "example server";
}
