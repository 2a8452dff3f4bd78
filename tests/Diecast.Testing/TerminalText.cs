using System.Text;

namespace Diecast.Testing;

/// <summary>Takes the control sequences of terminals (ECMA-48) out of a text that comes in parts.</summary>
public sealed class TerminalText
{
    private enum State
    {
        Text,
        Escape,
        Sequence,
        String,
    }

    private State _state;

    /// <summary>Appends what is left of a part. Carriage returns and other control characters but newline and tab go too.</summary>
    public void Append(ReadOnlySpan<char> part, StringBuilder text)
    {
        foreach (char c in part)
        {
            switch (_state)
            {
                case State.Escape:
                    _state = c switch
                    {
                        '[' => State.Sequence,
                        ']' or 'P' or '^' or '_' => State.String,
                        >= ' ' and <= '/' => State.Escape,
                        _ => State.Text,
                    };
                    break;
                case State.Sequence when c is >= '@' and <= '~':
                case State.String when c is '\a' or '\u009c':
                    _state = State.Text;
                    break;
                case State.Sequence or State.String when c != '\u001b':
                    break;
                case var _ when c == '\u001b':
                    _state = State.Escape;
                    break;
                default:
                    if (c is '\n' or '\t' || !char.IsControl(c))
                        text.Append(c);
                    break;
            }
        }
    }
}
