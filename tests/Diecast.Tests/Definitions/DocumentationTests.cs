using Diecast.Definitions.Documentation;

namespace Diecast.Tests.Definitions;

/// <summary>The generated pages are up to date.</summary>
public sealed class DocumentationTests
{
    private const string Page = "docs/definition.md";
    private const string Mark = "<!-- Generated from src/Diecast/Model by the tests with DIECAST_UPDATE=1; edit there. -->\n";

    [Fact]
    public void The_schema_is_up_to_date() =>
        Checkout.AssertGenerated("docs/schema/diecast.schema.json", DefinitionSchema.Write());

    [Fact]
    public void The_reference_page_is_up_to_date()
    {
        string page = File.ReadAllText(Checkout.PathOf(Page));
        int mark = page.IndexOf(Mark);
        Assert.True(mark > 0, $"{Page} has lost the line that parts what is written from what is generated");
        Checkout.AssertGenerated(Page, page[..(mark + Mark.Length)] + "\n" + DefinitionReference.Write());
    }
}
