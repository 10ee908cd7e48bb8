import { Field } from '@base-ui/react/field';

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with the value, or null. */
  problem: string | null;
  /** Whether to show the problem even if nothing has been typed yet. */
  isChecked: boolean;
  hint?: string;
  isOptional?: boolean;
  className?: string;
  inputMode?: 'decimal';
  /** The id of a `datalist` with suggestions. */
  list?: string;
}

/** A text field that is checked while the user types. */
export function TextField(props: TextFieldProps) {
  const { label, value, onChange, problem, isChecked, hint, isOptional = false, className = '', ...input } = props;
  const shown = value !== '' || isChecked ? problem : null;
  return (
    <Field.Root className={`field ${className}`} invalid={shown !== null}>
      <Field.Label>
        {label} {isOptional && <span className="faint">optional</span>}
      </Field.Label>
      <Field.Control value={value} onValueChange={onChange} autoComplete="off" spellCheck={false} {...input} />
      {shown === null ? (
        hint && <Field.Description>{hint}</Field.Description>
      ) : (
        <Field.Error match>{shown}</Field.Error>
      )}
    </Field.Root>
  );
}
