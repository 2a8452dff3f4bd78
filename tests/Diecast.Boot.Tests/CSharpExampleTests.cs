using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>The C# example is the same server as the YAML one, to the last value, and takes the same commands.</summary>
public sealed class CSharpExampleTests
{
    [ToolFact("dotnet")]
    public void The_csharp_example_declares_what_the_yaml_example_does()
    {
        LoadedDefinition yaml = DefinitionReader.Read(Checkout.PathOf("examples/debian-server.yaml"));

        // The command runs the program, which takes the command line. The library it is compiled with was analyzed when the tests were built.
        string output = Tool.Check(
            "env", "RunAnalyzersDuringBuild=false", "dotnet", Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll"), "show", Checkout.PathOf("examples/my-server.cs"), "--yaml");

        Assert.Equal(DefinitionPrinter.ToYaml(yaml.Definition), output);
    }
}
