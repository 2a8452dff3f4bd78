using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Diecast.Definitions;
using Diecast.Definitions.Documentation;
using Diecast.Definitions.Yaml;

namespace Diecast.Tests.Definitions;

/// <summary>The JSON schema takes what the reader takes, as an editor sees it.</summary>
public sealed class SchemaTests
{
    private static readonly JsonObject Schema = JsonNode.Parse(DefinitionSchema.Write())!.AsObject();

    [Theory]
    [InlineData("examples/debian-server.yaml")]
    [InlineData("examples/directory.yaml")]
    [InlineData("examples/appliance.yaml")]
    [InlineData("tests/Diecast.Tests/Definitions/everything.yaml")]
    public void Definitions_conform(string file) => Assert.Null(Fault(File.ReadAllText(Checkout.PathOf(file))));

    [Theory]
    [InlineData("include: a.yaml\nsystem: { hostName: x }")]
    [InlineData("include: [a.yaml, b.yaml]\nsystem: { kernel: }")]
    [InlineData("image: { size: 1024, partitions: [{ size: auto, bootable: yes, label: no, fileSystem: { type: vfat } }] }")]
    [InlineData("system: { services: [ssh, { mask: x }], keyboard: fr, initrd: own }")]
    public void Partial_and_short_forms_conform(string text) => Assert.Null(Fault(text));

    [Theory]
    [InlineData("nam: x", "nam")]
    [InlineData("image: { size: 4Q }", "size")]
    [InlineData("image: { format: vdx }", "format")]
    [InlineData("image: { partitions: [{ fileSystem: ext5 }] }", "fileSystem")]
    [InlineData("image: { partitions: [{ fileSystem: { label: x } }] }", "fileSystem")]
    [InlineData("image: { sectorSize: 1024 }", "sectorSize")]
    [InlineData("system: { hostName: a b }", "hostName")]
    [InlineData("system: { users: [{ uid: 5 }] }", "users")]
    [InlineData("system: { users: [{ name: a, passwordHash: hunter2 }] }", "passwordHash")]
    [InlineData("system: { services: [{ start: x }] }", "services")]
    [InlineData("system: { base: { debian: { suite: trixie }, tar: x } }", "base")]
    public void What_the_reader_refuses_the_schema_refuses(string text, string place)
    {
        Assert.Contains(place, Fault(text));
        Assert.Contains(Yaml.Errors(text), e => e.Path.Contains(place));
    }

    [Fact]
    public void Every_reference_has_its_definition()
    {
        string text = Schema.ToJsonString();
        foreach (Match match in Regex.Matches(text, "\"#/\\$defs/(\\w+)\""))
            Assert.True(Schema["$defs"]!.AsObject().ContainsKey(match.Groups[1].Value), match.Value);
    }

    private static string? Fault(string yaml)
    {
        LoadedText loaded = LoadedText.Read(yaml);
        return Check(ToJson(loaded.Root), Schema, "");
    }

    /// <summary>Types plain scalars by YAML's core schema, as an editor's language server does.</summary>
    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.Select(e => KeyValuePair.Create(e.Key.Text, ToJson(e.Value)))),
        YamlSequence sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        YamlScalar { IsUnset: true } => null,
        YamlScalar { Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
        YamlScalar scalar when Regex.IsMatch(scalar.Text, "^-?[0-9]{1,18}$") => JsonValue.Create(long.Parse(scalar.Text, CultureInfo.InvariantCulture)),
        YamlScalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>The keywords that the schema uses; an unknown one fails the test. Null when the value conforms, else where not.</summary>
    private static string? Check(JsonNode? value, JsonObject schema, string path)
    {
        foreach ((string keyword, JsonNode? rule) in schema)
        {
            string? fault = keyword switch
            {
                "$schema" or "$defs" or "$comment" or "title" or "description" or "additionalProperties" => null,
                "$ref" => Check(value, Schema["$defs"]![rule!.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), path),
                "anyOf" => Nearest(rule!.AsArray().Select(r => Check(value, r!.AsObject(), path))),
                "enum" => rule!.AsArray().Any(r => JsonNode.DeepEquals(r, value)) ? null : path,
                "type" => (rule is JsonArray types ? types.Select(t => t!.GetValue<string>()) : [rule!.GetValue<string>()]).Contains(TypeOf(value)) || (TypeOf(value) == "integer" && rule.ToJsonString().Contains("number")) ? null : path,
                "pattern" => TypeOf(value) != "string" || Regex.IsMatch(value!.GetValue<string>(), rule!.GetValue<string>(), RegexOptions.ECMAScript) ? null : path,
                "maxLength" => TypeOf(value) != "string" || value!.GetValue<string>().Length <= rule!.GetValue<long>() ? null : path,
                "minimum" => TypeOf(value) != "integer" || value!.GetValue<long>() >= rule!.GetValue<long>() ? null : path,
                "maximum" => TypeOf(value) != "integer" || value!.GetValue<long>() <= rule!.GetValue<long>() ? null : path,
                "required" => value is not JsonObject map || rule!.AsArray().All(k => map.ContainsKey(k!.GetValue<string>())) ? null : path,
                "items" => (value as JsonArray)?.Select((item, i) => Check(item, rule!.AsObject(), $"{path}[{i}]")).FirstOrDefault(f => f is not null),
                "properties" => (value as JsonObject)?.Select(e => rule![e.Key] is JsonObject inner
                    ? Check(e.Value, inner, $"{path}.{e.Key}") : $"{path}.{e.Key}").FirstOrDefault(f => f is not null),
                _ => throw new InvalidOperationException($"The check does not know {keyword}."),
            };
            if (fault is not null)
                return fault;
        }

        return null;
    }

    /// <summary>Null when an alternative conforms, else the fault of the one that came furthest.</summary>
    private static string? Nearest(IEnumerable<string?> faults)
    {
        List<string?> all = [.. faults];
        return all.Contains(null) ? null : all.MaxBy(f => f!.Length);
    }

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        JsonValue scalar when scalar.TryGetValue(out bool _) => "boolean",
        JsonValue scalar when scalar.TryGetValue(out long _) => "integer",
        _ => "string",
    };

    private sealed record LoadedText(YamlNode Root)
    {
        internal static LoadedText Read(string text)
        {
            var problems = new Problems(DefinitionOrigins.None);
            YamlNode? root = YamlReader.Read(DefinitionSource.File("x", text, "/", 0), problems);
            problems.ThrowIfAny();
            return new LoadedText(root!);
        }
    }
}
