using System.Text;

namespace Diecast.Tests.Boot;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("a\u001b[2J\u001b[01;01Hb\r\nc", "ab\nc")]
    [InlineData("\u001b[0;1;39mname\u001b[0m\tend", "name\tend")]
    [InlineData("x\u001b]0;title\u0007y\u001b]0;title\u001b\\z", "xyz")]
    [InlineData("\u001b(Bplain\u001b[!p\u001b[?7h", "plain")]
    [InlineData("a\0\bb", "ab")]
    public void Control_sequences_go_however_the_text_is_cut(string input, string expected)
    {
        for (int cut = 0; cut <= input.Length; cut++)
        {
            var text = new StringBuilder();
            var terminal = new TerminalText();
            terminal.Append(input.AsSpan(0, cut), text);
            terminal.Append(input.AsSpan(cut), text);
            Assert.Equal(expected, text.ToString());
        }
    }
}
